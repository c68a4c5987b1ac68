using System.Text.Json;
using System.Text.Json.Serialization;
using Rsvp.Contracts;

namespace Rsvp.Hosting.Json;

/// <summary>The JSON of stored outcomes and outbox payloads: camelCase, nulls left out.</summary>
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
public sealed partial class OutcomeJson : JsonSerializerContext;
