using System.Text;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Load;

/// <summary>A round whose every byte is prepared: parties of one, who wait for their outcome as long as they may.</summary>
internal sealed class PreparedRound(Guid activityId, Guid[] users, byte[][] requests, double? rate)
    : StormRound(activityId, users, [.. Enumerable.Repeat(1, users.Length)], [], rate)
{
    internal byte[][] Requests { get; } = requests;

    /// <summary>The bytes of a submit, headers and all.</summary>
    internal static byte[] Submit(Uri url, Guid activityId, string token, bool waits)
    {
        const string Body = """{"guestCount":0}""";
        return Encoding.ASCII.GetBytes(
            $"POST /api/activities/{activityId}/rsvp HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + $"{(waits ? "Prefer: wait=30\r\n" : "")}Content-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
    }
}
