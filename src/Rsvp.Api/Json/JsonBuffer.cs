using System.Buffers;
using System.Text.Json;

namespace Rsvp.Api.Json;

/// <summary>Builds one JSON answer; a buffer and its writer are kept per thread and used again.</summary>
internal sealed class JsonBuffer
{
    // An answer to a command is under 2 KiB; what a page of a list needs more is not kept.
    private const int InitialBytes = 2048;
    private const int KeptBytesMax = 64 * 1024;

    [ThreadStatic]
    private static JsonBuffer? _cached;

    private readonly ArrayBufferWriter<byte> _bytes = new(InitialBytes);

    private JsonBuffer() => Writer = new Utf8JsonWriter(_bytes, ApiJson.WriterOptions);

    internal Utf8JsonWriter Writer { get; }

    internal static JsonBuffer Rent()
    {
        var buffer = _cached ?? new JsonBuffer();
        _cached = null;
        return buffer;
    }

    /// <summary>Sends what was written, with its length, and gives the buffer back.</summary>
    internal async Task SendAsync(HttpContext http, int status, string contentType)
    {
        Writer.Flush();
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = _bytes.WrittenCount;
        await response.BodyWriter.WriteAsync(_bytes.WrittenMemory, http.RequestAborted);
        Return();
    }

    private void Return()
    {
        if (_bytes.Capacity <= KeptBytesMax)
        {
            _bytes.ResetWrittenCount();
            Writer.Reset();
            _cached = this;
        }
    }
}
