// The pages below /aggregator: definitions, edited by forms that need no script, with their open sessions and flushed rows.
// public/js/aggregator/ updates open pages, and shows a preview while somebody types.

import { type Request, type Response, Router } from 'express';
import { HttpError } from '../../http/errors.ts';
import { form } from '../../http/form.ts';
import { route } from '../../http/routes.ts';
import { plainLayout } from '../../site/layout.ts';
import type { Traces } from '../../tracing/traces.ts';
import { DefinitionError } from '../definition/problem.ts';
import { checkValue, readDefinition } from '../definition/read.ts';
import type { Definitions, PreviewSource } from '../definitions.ts';
import { briefly } from '../present.ts';
import { definitionOf, listDefinitions } from '../store/overview.ts';
import { definitionValue, type Form, formOf, newForm, readForm, withRows } from './form.ts';
import { type FormProblem, problemsOf } from './form-problems.ts';
import { definitionPage, deletePage, formOptions, resultPage } from './models.ts';
import { type PreviewModel, previewModel } from './preview-model.ts';

const FORM_BYTES = 3 * 1024 * 1024;
const FIELDS = 1_000;
const posted = () => form(FORM_BYTES, FIELDS);

/** The model of the form's page, without the options of its drop-downs. */
type Shown = {
  readonly form: Form;
  readonly problems: readonly FormProblem[];
  readonly preview: PreviewModel | undefined;
  /** Name of the definition that is edited; undefined for a new one. */
  readonly name: string | undefined;
  /** A pasted definition that the form was not filled from. */
  readonly text?: string;
};

/** Routes of the aggregator's pages. */
export function aggregatorPages(definitions: Definitions, traces: Traces): Router {
  const router = Router();
  const show = (req: Request, res: Response, view: string, title: string, model: object) =>
    res.set('Cache-Control', 'no-store').render(view, { ...plainLayout(req, res, traces, title), ...model });

  async function showForm(req: Request, res: Response, shown: Shown, status = 200): Promise<void> {
    const title = shown.name === undefined ? 'New definition' : `Change ${shown.name}`;
    const model = { text: '', ...shown, ...(await formOptions(definitions, shown.form)) };
    show(req, res.status(status), 'aggregator-form', title, model);
  }

  async function takeForm(req: Request, res: Response, name: string | undefined): Promise<void> {
    const asked = textOf(req, 'do');
    const read = name === undefined ? readForm(req.body) : { ...readForm(req.body), name };
    const again = (changed: Partial<Shown>, status = 200) => {
      const text = textOf(req, 'text');
      return showForm(
        req,
        res,
        { form: read, problems: [], preview: undefined, name, text, ...changed },
        status,
      );
    };
    const rows = withRows(read, asked);
    if (rows !== undefined) return again({ form: rows });
    if (asked === 'fields') return again({});
    if (asked === 'text') return again(pasted(read, textOf(req, 'text')));
    if (asked === 'preview') return again(await previewed(definitions, read, undefined));
    try {
      const saved = await definitions.save(
        definitionValue(read),
        name === undefined ? 0 : Number(read.version),
      );
      res.redirect(303, `/aggregator/definitions/${saved.name}`);
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      await again({ problems: problemsOf(read, error.problems) }, 400);
    }
  }

  async function showDelete(req: Request, res: Response, obstacle?: string): Promise<void> {
    const model = await deletePage(definitions, req.params.name);
    show(req, res, 'aggregator-delete', `Delete ${model.known.name}`, { ...model, obstacle });
  }

  route(router, '/aggregator', {
    get: [
      async (req, res) => {
        const listed = (await listDefinitions(definitions.pool)).map(briefly);
        show(req, res, 'aggregator', 'Aggregator', { definitions: listed });
      },
    ],
  });
  route(router, '/aggregator/new', {
    get: [
      (req, res) =>
        showForm(req, res, {
          form: newForm(typeof req.query.topic === 'string' ? req.query.topic : ''),
          problems: [],
          preview: undefined,
          name: undefined,
        }),
    ],
    post: [posted(), (req, res) => takeForm(req, res, undefined)],
  });
  route(router, '/aggregator/preview', {
    post: [
      posted(),
      async (req, res) => {
        const read = readForm(req.body);
        const file = { name: textOf(req, 'file_name'), text: textOf(req, 'file_text') };
        const { problems, preview } = await previewed(
          definitions,
          read,
          file.name === '' ? undefined : { file },
        );
        show(req, res, 'partials/aggregator-preview', 'Preview', { problems, preview });
      },
    ],
  });
  route(router, '/aggregator/definitions/:name', {
    get: [
      async (req, res) => {
        const model = await definitionPage(definitions, req.params.name, Date.now());
        show(req, res, 'aggregator-definition', model.known.name, model);
      },
    ],
  });
  route(router, '/aggregator/definitions/:name/edit', {
    get: [
      async (req, res) => {
        const { name, body, version } = await definitions.find(req.params.name);
        const definition = definitionOf(body);
        const shown =
          definition === undefined
            ? { ...newForm(''), name, version: String(version) }
            : formOf(definition, version);
        await showForm(req, res, { form: shown, problems: [], preview: undefined, name });
      },
    ],
    post: [posted(), async (req, res) => takeForm(req, res, (await definitions.find(req.params.name)).name)],
  });
  route(router, '/aggregator/definitions/:name/pause', {
    post: [
      form(),
      async (req, res) => {
        await definitions.pause(req.params.name, textOf(req, 'paused') !== 'no');
        res.redirect(303, `/aggregator/definitions/${req.params.name}`);
      },
    ],
  });
  route(router, '/aggregator/definitions/:name/delete', {
    get: [(req, res) => showDelete(req, res)],
    post: [
      form(),
      async (req, res) => {
        try {
          await definitions.delete(req.params.name, textOf(req, 'open_sessions') === 'discard');
          res.redirect(303, '/aggregator');
        } catch (error) {
          if (!(error instanceof HttpError && error.status === 409)) throw error;
          await showDelete(req, res.status(error.status), error.message);
        }
      },
    ],
  });
  route(router, '/aggregator/definitions/:name/restore', {
    post: [
      form(),
      async (req, res) => {
        const { name } = await definitions.restore(req.params.name, Number(textOf(req, 'version')));
        res.redirect(303, `/aggregator/definitions/${name}`);
      },
    ],
  });
  route(router, '/aggregator/definitions/:name/results/:id', {
    get: [
      async (req, res) => {
        const model = resultPage(await definitions.result(req.params.name, req.params.id));
        show(req, res, 'aggregator-result', `A result of ${model.name}`, model);
      },
    ],
  });
  return router;
}

/** The text of a control in a posted form; '' where there is none. */
function textOf(req: Request, name: string): string {
  const body: unknown = req.body;
  const value: unknown =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : '';
  return typeof value === 'string' ? value : '';
}

/** The form with a definition that was pasted as YAML or JSON, or the problems of that. */
function pasted(form: Form, text: string): Partial<Shown> {
  try {
    const read = formOf(readDefinition(text), undefined);
    return { form: { ...read, version: form.version }, text: '' };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return {
      problems: error.problems.map(({ line, column, message }) => ({
        field: 'text',
        message: `line ${line}, column ${column}: ${message}`,
      })),
    };
  }
}

/** A preview of the form's definition, or why there is none. @param file undefined: over the definition's topic */
async function previewed(
  definitions: Definitions,
  form: Form,
  file: PreviewSource | undefined,
): Promise<Pick<Shown, 'problems' | 'preview'>> {
  try {
    const definition = checkValue(definitionValue(form));
    const source = file ?? (definition.topic === undefined ? undefined : { topic: definition.topic });
    return { problems: [], preview: await previewModel(definitions, definition, source, Date.now()) };
  } catch (error) {
    if (error instanceof DefinitionError)
      return { problems: problemsOf(form, error.problems), preview: undefined };
    // Kafka is away, or the file is invalid: the form stays usable.
    if (error instanceof HttpError)
      return { problems: [{ field: undefined, message: wordsOf(error) }], preview: undefined };
    throw error;
  }
}

const wordsOf = ({ message, details: { expected } }: HttpError): string =>
  expected === undefined ? message : `${message}: ${expected}`;
