using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Rsvp.Contracts;
using Rsvp.Notifier.Json;

namespace Rsvp.Notifier.Watching;

/// <summary>One update, serialised once for each form in which anybody takes it.</summary>
internal sealed class PushMessage
{
    private readonly string _hubMethod;
    private readonly string _socketType;
    private readonly object _document;
    private readonly DateTimeOffset _at;
    private SerializedHubMessage? _hub;
    private byte[]? _socket;

    private PushMessage(string hubMethod, string socketType, object document, DateTimeOffset at)
    {
        _hubMethod = hubMethod;
        _socketType = socketType;
        _document = document;
        _at = at;
    }

    /// <summary>For hub connections. Only the activity's loop asks, so nothing is made twice.</summary>
    internal SerializedHubMessage Hub => _hub ??= new SerializedHubMessage(new InvocationMessage(_hubMethod, [_document]));

    /// <summary>For plain sockets: UTF-8 JSON of type, data and timestamp.</summary>
    internal ReadOnlyMemory<byte> Socket => _socket ??= WriteSocket();

    internal static PushMessage Capacity(CapacityDocument document, DateTimeOffset now) =>
        new("capacityUpdate", "capacity_update", document, now);

    internal static PushMessage Waitlist(WaitlistDocument document, DateTimeOffset now) =>
        new("waitlistUpdate", "waitlist_update", document, now);

    internal static PushMessage RsvpStatus(RsvpStatusDocument document, DateTimeOffset now) =>
        new("rsvpStatusUpdate", "rsvp_status_update", document, now);

    private byte[] WriteSocket()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, _socketType);
        writer.WritePropertyName("data"u8);
        JsonSerializer.Serialize(writer, _document, _document.GetType(), PushJson.Default);
        writer.WriteString("timestamp"u8, _at.UtcDateTime);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
