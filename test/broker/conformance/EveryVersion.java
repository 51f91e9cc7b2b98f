import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.lang.reflect.Array;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.function.IntFunction;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.*;

/**
 * Asks a broker in every version of every API that both it and this client speak, and reads the answers by Apache Kafka's own
 * codecs: prints api, version, bytes of the answer that were left over, and what was read, with tabs between.
 *
 * usage: java -cp 'kafka/*' EveryVersion.java PORT
 */
public class EveryVersion {
  static Socket socket;
  static int correlation = 0;
  static final String TOPIC = "every-version-" + Uuid.randomUuid();
  static final String GROUP = "group-of-" + TOPIC;
  static final String NO_ID = "no-" + GROUP;
  static Uuid topicId = Uuid.ZERO_UUID;

  static ApiMessage ask(ApiKeys api, short version, ApiMessage body, int[] left) throws Exception {
    var header = new RequestHeaderData().setRequestApiKey(api.id).setRequestApiVersion(version)
        .setCorrelationId(++correlation).setClientId("every-version");
    ByteBuffer head = MessageUtil.toByteBufferAccessor(header, api.requestHeaderVersion(version)).buffer();
    ByteBuffer rest = MessageUtil.toByteBufferAccessor(body, version).buffer();
    var out = new DataOutputStream(socket.getOutputStream());
    var frame = ByteBuffer.allocate(4 + head.remaining() + rest.remaining());
    frame.putInt(head.remaining() + rest.remaining()).put(head).put(rest);
    out.write(frame.array());
    out.flush();
    var in = new DataInputStream(socket.getInputStream());
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    var reader = new ByteBufferAccessor(ByteBuffer.wrap(bytes));
    var answered = new ResponseHeaderData(reader, api.responseHeaderVersion(version));
    if (answered.correlationId() != correlation) throw new IllegalStateException("answer to another request");
    ApiMessage answer = api.messageType.newResponse();
    answer.read(reader, version);
    left[0] = reader.remaining();
    return answer;
  }

  static final Map<ApiKeys, IntFunction<ApiMessage>> BODIES = new LinkedHashMap<>();

  static {
    BODIES.put(ApiKeys.API_VERSIONS, v -> new ApiVersionsRequestData()
        .setClientSoftwareName("every-version").setClientSoftwareVersion("1.0"));
    BODIES.put(ApiKeys.METADATA, v -> new MetadataRequestData().setAllowAutoTopicCreation(true)
        .setIncludeTopicAuthorizedOperations(v >= 8).setIncludeClusterAuthorizedOperations(v >= 8 && v <= 10)
        .setTopics(List.of(v >= 12 ? new MetadataRequestData.MetadataRequestTopic().setTopicId(topicId).setName(null)
            : new MetadataRequestData.MetadataRequestTopic().setName(TOPIC))));
    BODIES.put(ApiKeys.PRODUCE, v -> new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1000)
        .setTopicData(new ProduceRequestData.TopicProduceDataCollection(List.of(
            new ProduceRequestData.TopicProduceData().setName(v >= 13 ? "" : TOPIC).setTopicId(v >= 13 ? topicId : Uuid.ZERO_UUID)
                .setPartitionData(List.of(withRecord(new ProduceRequestData.PartitionProduceData().setIndex(0), "v" + v)))).iterator())));
    BODIES.put(ApiKeys.FETCH, v -> new FetchRequestData().setMaxWaitMs(100).setMinBytes(1).setMaxBytes(1_000_000)
        .setTopics(List.of(new FetchRequestData.FetchTopic().setTopic(v >= 13 ? "" : TOPIC)
            .setTopicId(v >= 13 ? topicId : Uuid.ZERO_UUID)
            .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartition(0).setPartitionMaxBytes(1_000_000))))));
    BODIES.put(ApiKeys.LIST_OFFSETS, v -> new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(
        new ListOffsetsRequestData.ListOffsetsTopic().setName(TOPIC).setPartitions(List.of(
            new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(0).setTimestamp(v >= 7 ? -3 : -1))))));
    BODIES.put(ApiKeys.OFFSET_FOR_LEADER_EPOCH, v -> new OffsetForLeaderEpochRequestData().setTopics(
        new OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection(List.of(
            new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic(TOPIC).setPartitions(List.of(
                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setPartition(0).setLeaderEpoch(0)))).iterator())));
    BODIES.put(ApiKeys.FIND_COORDINATOR, v -> v >= 4 ? new FindCoordinatorRequestData().setCoordinatorKeys(List.of(GROUP))
        : new FindCoordinatorRequestData().setKey(GROUP));
    BODIES.put(ApiKeys.OFFSET_COMMIT, v -> new OffsetCommitRequestData().setGroupId(GROUP).setTopics(List.of(
        new OffsetCommitRequestData.OffsetCommitRequestTopic().setName(v >= 10 ? "" : TOPIC)
            .setTopicId(v >= 10 ? topicId : Uuid.ZERO_UUID).setPartitions(List.of(
                new OffsetCommitRequestData.OffsetCommitRequestPartition().setPartitionIndex(0)
                    .setCommittedOffset(v).setCommittedMetadata("note"))))));
    BODIES.put(ApiKeys.OFFSET_FETCH, v -> v >= 8
        ? new OffsetFetchRequestData().setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId(GROUP)
            .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopics().setName(v >= 10 ? "" : TOPIC)
                .setTopicId(v >= 10 ? topicId : Uuid.ZERO_UUID).setPartitionIndexes(List.of(0))))))
        : new OffsetFetchRequestData().setGroupId(GROUP).setTopics(List.of(
            new OffsetFetchRequestData.OffsetFetchRequestTopic().setName(TOPIC).setPartitionIndexes(List.of(0)))));
    BODIES.put(ApiKeys.JOIN_GROUP, v -> {
      var protocols = new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
      protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol().setName("range").setMetadata(new byte[3]));
      return new JoinGroupRequestData().setGroupId(GROUP + "-join-" + v).setSessionTimeoutMs(10_000).setRebalanceTimeoutMs(10_000)
          .setMemberId("").setProtocolType("test").setProtocols(protocols).setGroupInstanceId(v >= 5 ? "instance" : null);
    });
    BODIES.put(ApiKeys.HEARTBEAT, v -> new HeartbeatRequestData().setGroupId(GROUP).setGenerationId(1).setMemberId("nobody"));
    BODIES.put(ApiKeys.LEAVE_GROUP, v -> v >= 3
        ? new LeaveGroupRequestData().setGroupId(GROUP).setMembers(List.of(
            new LeaveGroupRequestData.MemberIdentity().setMemberId("").setGroupInstanceId("nobody")))
        : new LeaveGroupRequestData().setGroupId(GROUP).setMemberId("nobody"));
    BODIES.put(ApiKeys.SYNC_GROUP, v -> new SyncGroupRequestData().setGroupId(GROUP).setGenerationId(1).setMemberId("nobody")
        .setProtocolType(v >= 5 ? "test" : null).setProtocolName(v >= 5 ? "range" : null));
    BODIES.put(ApiKeys.DESCRIBE_GROUPS, v -> new DescribeGroupsRequestData().setGroups(List.of(GROUP))
        .setIncludeAuthorizedOperations(v >= 3));
    BODIES.put(ApiKeys.LIST_GROUPS, v -> new ListGroupsRequestData().setStatesFilter(v >= 4 ? List.of("Empty") : List.of()));
    BODIES.put(ApiKeys.INIT_PRODUCER_ID, v -> new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1000));
    BODIES.put(ApiKeys.ADD_OFFSETS_TO_TXN, v -> new AddOffsetsToTxnRequestData().setTransactionalId(NO_ID).setProducerId(1)
        .setProducerEpoch((short) 0).setGroupId(GROUP));
    BODIES.put(ApiKeys.END_TXN, v -> new EndTxnRequestData().setTransactionalId(NO_ID).setProducerId(1).setProducerEpoch((short) 0)
        .setCommitted(true));
    BODIES.put(ApiKeys.ADD_PARTITIONS_TO_TXN, v -> {
      var topics = new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection();
      topics.add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic().setName(TOPIC).setPartitions(List.of(0)));
      if (v < 4) return new AddPartitionsToTxnRequestData().setV3AndBelowTransactionalId(NO_ID).setV3AndBelowProducerId(1)
          .setV3AndBelowProducerEpoch((short) 0).setV3AndBelowTopics(topics);
      var transactions = new AddPartitionsToTxnRequestData.AddPartitionsToTxnTransactionCollection();
      transactions.add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction().setTransactionalId(NO_ID).setProducerId(1)
          .setProducerEpoch((short) 0).setVerifyOnly(true).setTopics(topics));
      return new AddPartitionsToTxnRequestData().setTransactions(transactions);
    });
    BODIES.put(ApiKeys.TXN_OFFSET_COMMIT, v -> new TxnOffsetCommitRequestData().setTransactionalId(NO_ID).setGroupId(GROUP)
        .setProducerId(1).setProducerEpoch((short) 0).setTopics(List.of(
            new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic().setName(TOPIC).setPartitions(List.of(
                new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(1)
                    .setCommittedMetadata("note"))))));
    BODIES.put(ApiKeys.WRITE_TXN_MARKERS, v -> new WriteTxnMarkersRequestData().setMarkers(List.of(
        new WriteTxnMarkersRequestData.WritableTxnMarker().setProducerId(1).setProducerEpoch((short) 0)
            .setTransactionResult(false).setTopics(List.of(
                new WriteTxnMarkersRequestData.WritableTxnMarkerTopic().setName("no-" + TOPIC).setPartitionIndexes(List.of(0)))))));
    BODIES.put(ApiKeys.SASL_HANDSHAKE, v -> new SaslHandshakeRequestData().setMechanism("PLAIN"));
    BODIES.put(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, v -> new DescribeTopicPartitionsRequestData().setTopics(List.of(
        new DescribeTopicPartitionsRequestData.TopicRequest().setName(TOPIC))));
    BODIES.put(ApiKeys.DESCRIBE_PRODUCERS, v -> describeProducers("{\"topics\": [{\"name\": \"" + TOPIC + "\", \"partitionIndexes\": [0]}]}", v));
    BODIES.put(ApiKeys.DESCRIBE_TRANSACTIONS, v -> new DescribeTransactionsRequestData().setTransactionalIds(List.of(NO_ID)));
    BODIES.put(ApiKeys.LIST_TRANSACTIONS, v -> new ListTransactionsRequestData().setStateFilters(List.of("Ongoing")));
    BODIES.put(ApiKeys.DESCRIBE_CONFIGS, v -> new DescribeConfigsRequestData().setResources(List.of(
        new DescribeConfigsRequestData.DescribeConfigsResource().setResourceType((byte) 2).setResourceName(TOPIC)
            .setConfigurationKeys(List.of("retention.ms")))));
    BODIES.put(ApiKeys.INCREMENTAL_ALTER_CONFIGS, v -> {
      var resources = new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection();
      var configs = new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
      configs.add(new IncrementalAlterConfigsRequestData.AlterableConfig().setName("retention.ms").setValue("777777"));
      resources.add(new IncrementalAlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2)
          .setResourceName(TOPIC).setConfigs(configs));
      return new IncrementalAlterConfigsRequestData().setResources(resources);
    });
    BODIES.put(ApiKeys.ALTER_CONFIGS, v -> {
      var resources = new AlterConfigsRequestData.AlterConfigsResourceCollection();
      var configs = new AlterConfigsRequestData.AlterableConfigCollection();
      configs.add(new AlterConfigsRequestData.AlterableConfig().setName("retention.ms").setValue("888888"));
      resources.add(new AlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2)
          .setResourceName(TOPIC).setConfigs(configs));
      return new AlterConfigsRequestData().setResources(resources);
    });
    BODIES.put(ApiKeys.CREATE_PARTITIONS, v -> {
      var topics = new CreatePartitionsRequestData.CreatePartitionsTopicCollection();
      topics.add(new CreatePartitionsRequestData.CreatePartitionsTopic().setName(TOPIC).setCount(9).setAssignments(null));
      return new CreatePartitionsRequestData().setTopics(topics).setTimeoutMs(1000).setValidateOnly(true);
    });
    BODIES.put(ApiKeys.CREATE_TOPICS, v -> {
      var topics = new CreateTopicsRequestData.CreatableTopicCollection();
      topics.add(new CreateTopicsRequestData.CreatableTopic().setName(TOPIC + "-" + v).setNumPartitions(1)
          .setReplicationFactor((short) 1));
      return new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(10_000).setValidateOnly(v < 7);
    });
    BODIES.put(ApiKeys.DELETE_RECORDS, v -> new DeleteRecordsRequestData().setTimeoutMs(1000).setTopics(List.of(
        new DeleteRecordsRequestData.DeleteRecordsTopic().setName(TOPIC).setPartitions(List.of(
            new DeleteRecordsRequestData.DeleteRecordsPartition().setPartitionIndex(0).setOffset(1))))));
    BODIES.put(ApiKeys.DESCRIBE_LOG_DIRS, v -> new DescribeLogDirsRequestData().setTopics(null));
    BODIES.put(ApiKeys.DESCRIBE_CLUSTER, v -> new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true));
    BODIES.put(ApiKeys.OFFSET_DELETE, v -> {
      var topics = new OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection();
      topics.add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic().setName(TOPIC).setPartitions(List.of(
          new OffsetDeleteRequestData.OffsetDeleteRequestPartition().setPartitionIndex(0))));
      return new OffsetDeleteRequestData().setGroupId(GROUP).setTopics(topics);
    });
    BODIES.put(ApiKeys.ELECT_LEADERS, v -> new ElectLeadersRequestData().setTimeoutMs(1000).setTopicPartitions(
        new ElectLeadersRequestData.TopicPartitionsCollection(List.of(
            new ElectLeadersRequestData.TopicPartitions().setTopic(TOPIC).setPartitions(List.of(0))).iterator())));
    BODIES.put(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, v -> new AlterPartitionReassignmentsRequestData().setTopics(List.of(
        new AlterPartitionReassignmentsRequestData.ReassignableTopic().setName(TOPIC).setPartitions(List.of(
            new AlterPartitionReassignmentsRequestData.ReassignablePartition().setPartitionIndex(0).setReplicas(null))))));
    BODIES.put(ApiKeys.LIST_PARTITION_REASSIGNMENTS, v -> new ListPartitionReassignmentsRequestData().setTopics(null));
    BODIES.put(ApiKeys.DESCRIBE_CLIENT_QUOTAS, v -> new DescribeClientQuotasRequestData().setComponents(List.of(
        new DescribeClientQuotasRequestData.ComponentData().setEntityType("client-id").setMatchType((byte) 2).setMatch(null))));
    BODIES.put(ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS, v -> new DescribeUserScramCredentialsRequestData().setUsers(List.of(
        new DescribeUserScramCredentialsRequestData.UserName().setName("nobody"))));
    BODIES.put(ApiKeys.DESCRIBE_QUORUM, v -> new DescribeQuorumRequestData().setTopics(List.of(
        new DescribeQuorumRequestData.TopicData().setTopicName("__cluster_metadata").setPartitions(List.of(
            new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))))));
    BODIES.put(ApiKeys.LIST_CONFIG_RESOURCES, v -> v == 0 ? new ListConfigResourcesRequestData()
        : new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 2, (byte) 4, (byte) 16, (byte) 32)));
    BODIES.put(ApiKeys.DESCRIBE_ACLS, v -> new DescribeAclsRequestData().setResourceTypeFilter((byte) 1).setPatternTypeFilter((byte) 1)
        .setOperation((byte) 1).setPermissionType((byte) 1));
    BODIES.put(ApiKeys.CREATE_ACLS, v -> new CreateAclsRequestData().setCreations(List.of(new CreateAclsRequestData.AclCreation()
        .setResourceType((byte) 2).setResourceName(TOPIC).setResourcePatternType((byte) 3).setPrincipal("User:nobody").setHost("*")
        .setOperation((byte) 3).setPermissionType((byte) 3))));
    BODIES.put(ApiKeys.DELETE_ACLS, v -> new DeleteAclsRequestData().setFilters(List.of(new DeleteAclsRequestData.DeleteAclsFilter()
        .setResourceTypeFilter((byte) 1).setPatternTypeFilter((byte) 1).setOperation((byte) 1).setPermissionType((byte) 1))));
    BODIES.put(ApiKeys.DELETE_GROUPS, v -> new DeleteGroupsRequestData().setGroupsNames(List.of("no-" + GROUP)));
    BODIES.put(ApiKeys.DELETE_TOPICS, v -> v >= 6
        ? new DeleteTopicsRequestData().setTimeoutMs(1000).setTopics(List.of(
            new DeleteTopicsRequestData.DeleteTopicState().setName(null).setTopicId(topicId)))
        : new DeleteTopicsRequestData().setTimeoutMs(1000).setTopicNames(List.of("no-" + TOPIC)));
  }

  /** By its JSON: the type of its list of topics differs between versions of the client. */
  static ApiMessage describeProducers(String json, int version) {
    try {
      return DescribeProducersRequestDataJsonConverter.read(new ObjectMapper().readTree(json), (short) version);
    } catch (java.io.IOException error) {
      throw new IllegalStateException(error);
    }
  }

  /** A class of records: they lie in a package of their own in newer versions of the client. */
  static Class<?> ofRecords(String name) throws ClassNotFoundException {
    try {
      return Class.forName("org.apache.kafka.common.record." + name);
    } catch (ClassNotFoundException elsewhere) {
      return Class.forName("org.apache.kafka.common.record.internal." + name);
    }
  }

  static ProduceRequestData.PartitionProduceData withRecord(ProduceRequestData.PartitionProduceData data, String value) {
    try {
      Object one = ofRecords("SimpleRecord").getConstructor(byte[].class).newInstance((Object) value.getBytes());
      Object all = Array.newInstance(one.getClass(), 1);
      Array.set(all, 0, one);
      Object records = ofRecords("MemoryRecords").getMethod("withRecords", Compression.class, all.getClass())
          .invoke(null, Compression.NONE, all);
      for (var method : data.getClass().getMethods()) if (method.getName().equals("setRecords")) method.invoke(data, records);
      return data;
    } catch (ReflectiveOperationException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Makes the topic and waits until it can be written and the group and the transactional id have a coordinator. */
  static void prepare() throws Exception {
    var topics = new CreateTopicsRequestData.CreatableTopicCollection();
    topics.add(new CreateTopicsRequestData.CreatableTopic().setName(TOPIC).setNumPartitions(1).setReplicationFactor((short) 1));
    var made = (CreateTopicsResponseData) ask(ApiKeys.CREATE_TOPICS, (short) 7,
        new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(10_000), new int[1]);
    topicId = made.topics().iterator().next().topicId();
    until(ApiKeys.PRODUCE, (short) 9);
    ask(ApiKeys.FIND_COORDINATOR, (short) 4, BODIES.get(ApiKeys.FIND_COORDINATOR).apply(4), new int[1]);
    until(ApiKeys.OFFSET_COMMIT, (short) 8);
    until(ApiKeys.INIT_PRODUCER_ID, (short) 4);
    ask(ApiKeys.FIND_COORDINATOR, (short) 4, new FindCoordinatorRequestData().setKeyType((byte) 1)
        .setCoordinatorKeys(List.of(NO_ID)), new int[1]);
    until(ApiKeys.DESCRIBE_TRANSACTIONS, (short) 0, Errors.TRANSACTIONAL_ID_NOT_FOUND);
  }

  static void until(ApiKeys api, short version) throws Exception {
    until(api, version, Errors.NONE);
  }

  static void until(ApiKeys api, short version, Errors error) throws Exception {
    for (int tries = 0; tries < 400; tries++) {
      if (ask(api, version, BODIES.get(api).apply(version), new int[1]).toString().contains("errorCode=" + error.code())) return;
      Thread.sleep(50);
    }
    throw new IllegalStateException(api + " fails");
  }

  public static void main(String[] args) throws Exception {
    socket = new Socket("127.0.0.1", Integer.parseInt(args[0]));
    var spoken = (ApiVersionsResponseData) ask(ApiKeys.API_VERSIONS, (short) 4, BODIES.get(ApiKeys.API_VERSIONS).apply(4), new int[1]);
    prepare();
    for (var entry : BODIES.entrySet()) {
      ApiKeys api = entry.getKey();
      var range = spoken.apiKeys().find(api.id);
      if (range == null) continue;
      int highest = Math.min(range.maxVersion(), api.latestVersion(true));
      for (int v = Math.max(range.minVersion(), api.oldestVersion()); v <= highest; v++) {
        int[] left = new int[1];
        ApiMessage answer = ask(api, (short) v, entry.getValue().apply(v), left);
        System.out.println(api.name + "\t" + v + "\t" + left[0] + "\t" + answer.toString().replace('\n', ' '));
      }
    }
  }
}
