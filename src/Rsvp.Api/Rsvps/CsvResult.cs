using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Rsvp.Api.Rsvps;

/// <summary>A list of RSVPs as CSV (RFC 4180), streamed; with a byte order mark, without which spreadsheets guess the encoding wrong.</summary>
internal sealed class CsvResult(IAsyncEnumerable<HostedRsvp> rows, TimeProvider time) : IResult
{
    // The database is read as fast as whoever asked takes it, and holds a connection meanwhile.
    private static readonly TimeSpan ReadingMax = TimeSpan.FromMinutes(2);

    // Sent on whenever about this much has gathered.
    private const int ChunkChars = 16 * 1024;

    private const string Header =
        "\uFEFFid,activityId,userId,name,status,guestCount,partySize,specialRequirements,waitlistPosition,offerExpiresAt,groupId,checkedIn,checkInTime,createdAt,updatedAt,version\r\n";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var tooSlow = new CancellationTokenSource(ReadingMax, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, tooSlow.Token);
        try
        {
            await SendAsync(httpContext.Response, ended.Token);
        }
        catch (OperationCanceledException) when (tooSlow.IsCancellationRequested)
        {
            // What was sent is not whole, and must not look as if it were.
            httpContext.Abort();
        }
    }

    /// <summary>Appends one cell's text: quoted where needed, and never a formula, whatever its author hoped.</summary>
    internal static void AppendText(StringBuilder line, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        if (text.AsSpan().ContainsAny(",\"\r\n"))
        {
            line.Append('"').Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        else
        {
            line.Append(text);
        }
    }

    private async Task SendAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        // The first row is read before anything is sent: a database that is away is still a clean 503.
        await using var row = rows.GetAsyncEnumerator(cancellationToken);
        var more = await row.MoveNextAsync();

        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = "attachment; filename=\"rsvps.csv\"";
        var text = new StringBuilder(Header, ChunkChars + 4096);
        while (more)
        {
            Append(text, row.Current);
            if (text.Length >= ChunkChars)
            {
                await SendAsync(response.BodyWriter, text, cancellationToken);
            }

            more = await row.MoveNextAsync();
        }

        await SendAsync(response.BodyWriter, text, cancellationToken);
    }

    private static void Append(StringBuilder line, HostedRsvp rsvp)
    {
        line.Append(CultureInfo.InvariantCulture, $"{rsvp.Id:D},{rsvp.ActivityId:D},{rsvp.UserId:D},");
        AppendText(line, rsvp.Name);
        line.Append(CultureInfo.InvariantCulture, $",{rsvp.Status},{rsvp.GuestCount},{rsvp.PartySize},");
        AppendText(line, rsvp.SpecialRequirements);
        line.Append(CultureInfo.InvariantCulture, $",{rsvp.WaitlistPosition},{Time(rsvp.OfferExpiresAt)},{rsvp.GroupId:D},");
        line.Append(rsvp.CheckedIn ? "true" : "false");
        line.Append(CultureInfo.InvariantCulture, $",{Time(rsvp.CheckInTime)},{Time(rsvp.CreatedAt)},{Time(rsvp.UpdatedAt)},{rsvp.Version}\r\n");
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private static async Task SendAsync(PipeWriter output, StringBuilder text, CancellationToken cancellationToken)
    {
        foreach (var chunk in text.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, output);
        }

        text.Clear();
        await output.FlushAsync(cancellationToken);
    }
}
