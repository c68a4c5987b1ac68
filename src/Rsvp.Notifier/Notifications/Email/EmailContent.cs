using System.Globalization;
using System.Net;
using System.Text;
using MimeKit;

namespace Rsvp.Notifier.Notifications.Email;

/// <summary>The mail: the same in text and HTML, from nothing but the delivery.</summary>
internal static class EmailContent
{
    private const string TimeFormat = "ddd, d MMM yyyy HH:mm 'UTC'";

    /// <summary>Composes it; every attempt has the same <c>Message-ID</c>, so that a mailbox can tell a repeat.</summary>
    public static MimeMessage Compose(Delivery delivery, MailboxAddress from, MailboxAddress to, DateTimeOffset now)
    {
        var title = OneLine(delivery.ActivityTitle) ?? "an activity";
        var (subject, sentence) = EmailWording.Of(delivery);
        var details = Details(delivery, title);
        var body = new BodyBuilder
        {
            TextBody = Text(delivery, sentence, details),
            HtmlBody = Html(delivery, sentence, details),
        };
        var message = new MimeMessage
        {
            Subject = $"{subject}: {title}",
            MessageId = $"{delivery.NotificationId:N}@{(from.Domain.Length > 0 ? from.Domain : "localhost")}",
            Date = now,
            Body = body.ToMessageBody(),
        };
        message.From.Add(from);
        message.To.Add(to);

        // RFC 3834: nobody's absence notice answers it.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }

    /// <summary>A time as mails show it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static List<(string Name, string Value)> Details(Delivery delivery, string title)
    {
        var details = new List<(string, string)> { ("Activity", title) };
        if (delivery.StartsAt is { } startsAt)
        {
            details.Add(("Begins", Time(startsAt)));
        }

        details.Add(("People", delivery.PartySize.ToString(CultureInfo.InvariantCulture)));
        details.Add(("Decided", Time(delivery.IssuedAt)));
        return details;
    }

    private static string Text(Delivery delivery, string sentence, List<(string Name, string Value)> details)
    {
        var text = new StringBuilder();
        text.Append(Greeting(delivery)).Append("\n\n").Append(sentence).Append("\n\n");
        foreach (var (name, value) in details)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }

        return text.ToString();
    }

    // People choose their names and hosts their titles: all of it is encoded.
    private static string Html(Delivery delivery, string sentence, List<(string Name, string Value)> details)
    {
        var html = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><body>");
        html.Append("<p>").Append(WebUtility.HtmlEncode(Greeting(delivery))).Append("</p><p>").Append(WebUtility.HtmlEncode(sentence)).Append("</p><table>");
        foreach (var (name, value) in details)
        {
            html.Append("<tr><th align=\"left\">").Append(WebUtility.HtmlEncode(name)).Append("</th><td>").Append(WebUtility.HtmlEncode(value)).Append("</td></tr>");
        }

        return html.Append("</table></body></html>").ToString();
    }

    private static string Greeting(Delivery delivery) => OneLine(delivery.UserName) is { } name ? $"Hello {name}," : "Hello,";

    private static string? OneLine(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString());
        }

        return line.ToString().Trim();
    }
}
