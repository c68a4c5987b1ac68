using System.Text;
using MassTransit;

namespace Rsvp.Hosting.Messaging.Json;

/// <summary>The bytes of a message of ours, written when the transport asks for them.</summary>
internal sealed class ContractBody<T>(ContractType<T> type, SendContext<T> context) : MessageBody
    where T : class
{
    private byte[]? _bytes;

    public long? Length => _bytes?.Length;

    public byte[] GetBytes() => _bytes ??= type.Write(context);

    public Stream GetStream() => new MemoryStream(GetBytes(), writable: false);

    public string GetString() => Encoding.UTF8.GetString(GetBytes());
}
