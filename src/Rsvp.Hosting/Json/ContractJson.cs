using System.Text.Json;
using System.Text.Json.Serialization;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging.Json;

namespace Rsvp.Hosting.Json;

/// <summary>The JSON of stored outcomes, outbox payloads and messages: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CommandOutcome))]
[JsonSerializable(typeof(ActivityChanged))]
[JsonSerializable(typeof(VacancyOpened))]
[JsonSerializable(typeof(NotificationsIssued))]
[JsonSerializable(typeof(PassCompleted))]
[JsonSerializable(typeof(PassOverdue))]
[JsonSerializable(typeof(CommandBatch))]
[JsonSerializable(typeof(FailCommands))]
[JsonSerializable(typeof(Envelope<CommandBatch>))]
[JsonSerializable(typeof(Envelope<BatchApplied>))]
[JsonSerializable(typeof(Envelope<FailCommands>))]
[JsonSerializable(typeof(Envelope<ActivityChanged>))]
[JsonSerializable(typeof(Envelope<NotificationsIssued>))]
[JsonSerializable(typeof(Envelope<VacancyOpened>))]
[JsonSerializable(typeof(Envelope<PassCompleted>))]
[JsonSerializable(typeof(Envelope<PassOverdue>))]
public sealed partial class ContractJson : JsonSerializerContext;
