using System.Globalization;
using Ical.Net;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using Calendar = Ical.Net.Calendar;

namespace Rsvp.Api.Calendars;

/// <summary>Writes RSVPs as a calendar (RFC 5545). The same RSVPs are the same text.</summary>
internal static class CalendarWriter
{
    // How often a calendar should look again (RFC 7986); most look less often than they are asked to.
    private const string RefreshInterval = "PT15M";

    /// <param name="entries">What is in it.</param>
    /// <param name="isFeed">Whether the calendar is looked at again and again.</param>
    internal static string Write(IEnumerable<CalendarEntry> entries, bool isFeed)
    {
        var calendar = new Calendar { ProductId = "-//Rsvp//Rsvp//EN", Method = "PUBLISH" };
        if (isFeed)
        {
            calendar.AddProperty("X-WR-CALNAME", "My places");
            calendar.AddProperty(new CalendarProperty("REFRESH-INTERVAL", RefreshInterval) { Parameters = { new CalendarParameter("VALUE", "DURATION") } });
            calendar.AddProperty("X-PUBLISHED-TTL", RefreshInterval);
        }

        calendar.Events.AddRange(entries.Select(EventOf));
        return new CalendarSerializer().SerializeToString(calendar)!;
    }

    private static CalendarEvent EventOf(CalendarEntry entry)
    {
        var (status, prefix, description) = Describe(entry);
        return new CalendarEvent
        {
            Uid = $"{entry.RsvpId}@rsvp",
            Sequence = (int)Math.Min(entry.Revision, int.MaxValue),
            DtStamp = Utc(entry.RevisedAt),
            LastModified = Utc(entry.RevisedAt),
            Created = Utc(entry.CreatedAt),
            DtStart = Utc(entry.StartsAt),
            DtEnd = entry.EndsAt is { } end ? Utc(end) : null,
            Summary = Printable(prefix + entry.Title),
            Description = description,
            Status = status,
            // Only a seat that is sure takes the time.
            Transparency = status == EventStatus.Confirmed ? TransparencyType.Opaque : TransparencyType.Transparent,
        };
    }

    private static (string Status, string Prefix, string Description) Describe(CalendarEntry entry) => entry switch
    {
        { CalledOff: true } => (EventStatus.Cancelled, "", "It was called off."),
        { Status: "confirmed", PartySize: 1 } => (EventStatus.Confirmed, "", "You are in."),
        { Status: "confirmed" } => (EventStatus.Confirmed, "", string.Create(CultureInfo.InvariantCulture, $"You are in, with a party of {entry.PartySize}.")),
        { Status: "waitlisted" } => (EventStatus.Tentative, "In line: ", "You wait in line for a place."),
        { Status: "offered", OfferExpiresAt: { } until } => (EventStatus.Tentative, "Offer: ", string.Create(CultureInfo.InvariantCulture, $"A seat is held for you until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC.")),
        { Status: "offered" } => (EventStatus.Tentative, "Offer: ", "A seat is held for you."),
        _ => (EventStatus.Cancelled, "", "You are not going."),
    };

    private static CalDateTime Utc(DateTimeOffset time) => new(DateTime.SpecifyKind(time.UtcDateTime.AddTicks(-(time.UtcDateTime.Ticks % TimeSpan.TicksPerSecond)), DateTimeKind.Utc));

    // RFC 5545, section 3.3.11: no control characters but line breaks, which are escaped, and tabs.
    private static string Printable(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? ' ' : letter));
}
