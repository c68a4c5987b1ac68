using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rsvp.Api.Analytics;
using Rsvp.Api.Calendars;
using Rsvp.Api.Notifications;
using Rsvp.Api.Paging;
using Rsvp.Api.Rsvps;
using Rsvp.Api.Users;
using Rsvp.Api.Waitlist;
using Rsvp.Contracts;

namespace Rsvp.Api.Json;

/// <summary>The JSON of answers: camelCase, nulls written, times in UTC.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(RsvpDocument))]
[JsonSerializable(typeof(ActivityDocument))]
[JsonSerializable(typeof(CapacityDocument))]
[JsonSerializable(typeof(Page<ActivityDocument>))]
[JsonSerializable(typeof(Page<HostedRsvp>))]
[JsonSerializable(typeof(Page<WebhookDocument>))]
[JsonSerializable(typeof(Page<DeliveryDocument>))]
[JsonSerializable(typeof(PreferencesDocument))]
[JsonSerializable(typeof(CalendarDocument))]
[JsonSerializable(typeof(Page<Participant>))]
[JsonSerializable(typeof(AnalyticsDocument))]
[JsonSerializable(typeof(PositionDocument))]
[JsonSerializable(typeof(WaitlistDocument))]
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(Page<MyRsvp>))]
[JsonSerializable(typeof(Page<RsvpHistoryEntry>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>Text is written as it is, not as \u escapes: answers are <c>application/json</c> with <c>nosniff</c>, never part of a page.</summary>
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
