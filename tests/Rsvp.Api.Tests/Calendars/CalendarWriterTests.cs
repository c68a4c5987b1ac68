using System.Text;
using Ical.Net.CalendarComponents;
using Rsvp.Api.Calendars;

namespace Rsvp.Api.Tests.Calendars;

public sealed class CalendarWriterTests
{
    private static readonly CalendarEntry Entry = new()
    {
        RsvpId = new Guid("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"),
        Title = "Chess night",
        StartsAt = new DateTimeOffset(2040, 6, 1, 20, 0, 0, TimeSpan.FromHours(2)),
        EndsAt = new DateTimeOffset(2040, 6, 1, 23, 0, 0, TimeSpan.FromHours(2)),
        Status = "confirmed",
        CalledOff = false,
        PartySize = 3,
        CreatedAt = new DateTimeOffset(2040, 5, 1, 9, 30, 0, TimeSpan.Zero),
        RevisedAt = new DateTimeOffset(2040, 5, 2, 9, 30, 0, 500, TimeSpan.Zero),
        Revision = 4,
    };

    [Fact]
    public void An_rsvp_is_an_event_with_all_that_a_calendar_asks_for()
    {
        var lines = Write(Entry).Split("\r\n");

        Assert.Equal("BEGIN:VCALENDAR", lines[0]);
        Assert.Subset(
            lines.ToHashSet(),
            new HashSet<string>
            {
                "VERSION:2.0", "PRODID:-//Rsvp//Rsvp//EN", "METHOD:PUBLISH", "UID:9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d@rsvp", "SEQUENCE:4", "DTSTAMP:20400502T093000Z",
                "CREATED:20400501T093000Z", "LAST-MODIFIED:20400502T093000Z", "DTSTART:20400601T180000Z", "DTEND:20400601T210000Z", "SUMMARY:Chess night",
                "STATUS:CONFIRMED", "TRANSP:OPAQUE",
            });
        Assert.Contains(lines, line => line.StartsWith("DESCRIPTION:You are in\\, with a party of 3.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("confirmed", false, "CONFIRMED", "Chess night", "OPAQUE")]
    [InlineData("waitlisted", false, "TENTATIVE", "In line: Chess night", "TRANSPARENT")]
    [InlineData("offered", false, "TENTATIVE", "Offer: Chess night", "TRANSPARENT")]
    [InlineData("cancelled", false, "CANCELLED", "Chess night", "TRANSPARENT")]
    [InlineData("confirmed", true, "CANCELLED", "Chess night", "TRANSPARENT")]
    public void The_status_of_the_event_is_that_of_the_rsvp(string status, bool calledOff, string expected, string summary, string transparency)
    {
        var found = Read(Write(Entry with { Status = status, CalledOff = calledOff }));

        Assert.Equal((expected, summary, transparency), (found.Status, found.Summary, found.Transparency));
    }

    [Fact]
    public void An_event_without_an_end_has_none() => Assert.DoesNotContain("DTEND", Write(Entry with { EndsAt = null }), StringComparison.Ordinal);

    [Theory]
    [InlineData("Tea, cake; and \\ more", "Tea, cake; and \\ more")]
    [InlineData("One\nBEGIN:VEVENT\nTwo", "One\nBEGIN:VEVENT\nTwo")]
    [InlineData("One\r\nTwo", "One \nTwo")]
    [InlineData("bell\u0007 and null\u0000", "bell  and null ")]
    [InlineData("دعوة 🎉", "دعوة 🎉")]
    public void Text_stays_text(string title, string read)
    {
        var calendar = Write(Entry with { Title = title });

        Assert.Equal(read, Read(calendar).Summary);
        Assert.Single(calendar.Split("\r\n"), line => line == "BEGIN:VEVENT");
    }

    [Fact]
    public void No_line_is_longer_than_75_octets()
    {
        var calendar = Write(Entry with { Title = string.Concat(Enumerable.Repeat("Überraschung 🎉 ", 12)) });

        Assert.All(calendar.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
        Assert.Equal(string.Concat(Enumerable.Repeat("Überraschung 🎉 ", 12)).TrimEnd(), Read(calendar).Summary!.TrimEnd());
    }

    [Fact]
    public void The_same_places_are_the_same_text() => Assert.Equal(CalendarWriter.Write([Entry], isFeed: true), CalendarWriter.Write([Entry], isFeed: true));

    private static string Write(CalendarEntry entry) => CalendarWriter.Write([entry], isFeed: false);

    private static CalendarEvent Read(string calendar) => Assert.Single(Ical.Net.Calendar.Load(calendar)!.Events);
}
