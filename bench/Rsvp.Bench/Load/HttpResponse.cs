using System.Buffers.Text;

namespace Rsvp.Bench.Load;

/// <summary>
/// One HTTP/1.1 response in a buffer. Reads only what a load generator needs: the status, where the body is, and whether the
/// connection can be used again.
/// </summary>
internal readonly ref struct HttpResponse
{
    private HttpResponse(int statusCode, ReadOnlySpan<byte> body, bool keepAlive)
    {
        StatusCode = statusCode;
        Body = body;
        KeepAlive = keepAlive;
    }

    internal int StatusCode { get; }

    internal ReadOnlySpan<byte> Body { get; }

    internal bool KeepAlive { get; }

    /// <summary>
    /// True when <paramref name="data"/> holds the whole response. A chunked body is joined in place once it is complete, so the same
    /// data must not be read twice after that.
    /// </summary>
    /// <exception cref="InvalidDataException">This is no HTTP/1.1 response.</exception>
    internal static bool TryRead(Span<byte> data, out HttpResponse response)
    {
        response = default;
        int headerLength = data.IndexOf("\r\n\r\n"u8);
        if (headerLength < 0) return false;

        ReadOnlySpan<byte> header = data[..(headerLength + 2)];
        if (!header.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(header[9..], out int statusCode, out _))
        {
            throw new InvalidDataException("not an HTTP/1.1 response");
        }

        Span<byte> rest = data[(headerLength + 4)..];
        bool keepAlive = !ValueOf(header, "connection"u8).SequenceEqual("close"u8);
        ReadOnlySpan<byte> length = ValueOf(header, "content-length"u8);
        if (length.Length > 0)
        {
            if (!Utf8Parser.TryParse(length, out int bodyLength, out _)) throw new InvalidDataException("bad Content-Length");
            if (rest.Length < bodyLength) return false;

            response = new HttpResponse(statusCode, rest[..bodyLength], keepAlive);
            return true;
        }

        if (ValueOf(header, "transfer-encoding"u8).SequenceEqual("chunked"u8))
        {
            if (!IsChunkedComplete(rest)) return false;

            response = new HttpResponse(statusCode, JoinChunks(rest), keepAlive);
            return true;
        }

        response = new HttpResponse(statusCode, [], keepAlive);
        return true;
    }

    /// <summary>A header's value; empty when it is not there. Names are compared without case.</summary>
    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name)
    {
        while (true)
        {
            int end = header.IndexOf("\r\n"u8);
            if (end < 0) return [];

            ReadOnlySpan<byte> line = header[..end];
            if (line.Length > name.Length && line[name.Length] == ':' && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return line[(name.Length + 1)..].Trim((byte)' ');
            }

            header = header[(end + 2)..];
        }
    }

    private static bool IsChunkedComplete(ReadOnlySpan<byte> data)
    {
        while (TryReadChunkSize(data, out int size, out int start))
        {
            if (data.Length < start + size + 2) return false;
            if (size == 0) return true;

            data = data[(start + size + 2)..];
        }

        return false;
    }

    private static ReadOnlySpan<byte> JoinChunks(Span<byte> data)
    {
        int length = 0;
        int at = 0;
        while (TryReadChunkSize(data[at..], out int size, out int start) && size > 0)
        {
            data.Slice(at + start, size).CopyTo(data[length..]);
            length += size;
            at += start + size + 2;
        }

        return data[..length];
    }

    private static bool TryReadChunkSize(ReadOnlySpan<byte> data, out int size, out int start)
    {
        start = data.IndexOf("\r\n"u8) + 2;
        size = 0;
        if (start < 2) return false;
        if (!Utf8Parser.TryParse(data[..(start - 2)], out size, out _, 'x')) throw new InvalidDataException("bad chunk");

        return true;
    }
}
