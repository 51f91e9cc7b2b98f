/**
 * Has everything of a run cleared away when this process ends; what it starts from now on keeps its files in the folder.
 * @param folder which is named nowhere else
 */
export function leaveNothingBehind(folder: string): void;
