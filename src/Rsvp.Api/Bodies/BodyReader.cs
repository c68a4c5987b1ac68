using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Bodies;

/// <summary>Reads a whole request body strictly: bounded, well-formed, nothing unknown in it, nothing twice.</summary>
internal static class BodyReader
{
    /// <summary>The largest body in bytes; a group of 200 members with long requirements fits.</summary>
    internal const int BytesMax = 256 * 1024;

    private static readonly JsonDocumentOptions Options = new()
    {
        // The deepest body is an object with a list of objects; the rest is somebody trying.
        MaxDepth = 8,
    };

    /// <summary>Reads and checks the body; none at all counts as <c>{}</c>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="hash">Where to put the SHA-256 of the bytes as they came; empty when nobody needs it.</param>
    /// <exception cref="ProblemException">It is too large, no JSON, or breaks its rules.</exception>
    internal static async ValueTask<TBody> ReadAsync<TBody>(HttpContext http, Memory<byte> hash)
        where TBody : IBody<TBody>
    {
        var rules = http.RequestServices.GetRequiredService<BodyRules>();
        var reader = http.Request.BodyReader;
        var whole = await ReadWholeAsync(reader, http.RequestAborted);
        try
        {
            if (!hash.IsEmpty)
            {
                Hash(whole, hash.Span);
            }

            if (whole.IsEmpty)
            {
                return Parse<TBody>("{}"u8.ToArray(), rules);
            }

            CheckContentType(http.Request);
            return Parse<TBody>(whole.IsSingleSegment ? whole.First : whole.ToArray(), rules);
        }
        finally
        {
            reader.AdvanceTo(whole.End);
        }
    }

    private static async ValueTask<ReadOnlySequence<byte>> ReadWholeAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > BytesMax)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw new ProblemException(new ProblemResult(ProblemCodes.BodyTooLarge));
            }

            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static void Hash(ReadOnlySequence<byte> whole, Span<byte> hash)
    {
        if (whole.IsSingleSegment)
        {
            SHA256.HashData(whole.FirstSpan, hash);
        }
        else
        {
            SHA256.HashData(whole.ToArray(), hash);
        }
    }

    private static void CheckContentType(HttpRequest request)
    {
        // Compared as text first: nearly every client sends exactly this.
        if (string.Equals(request.ContentType, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var isJson = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
        {
            throw new ProblemException(new ProblemResult(ProblemCodes.UnsupportedMediaType));
        }
    }

    private static TBody Parse<TBody>(ReadOnlyMemory<byte> json, BodyRules rules)
        where TBody : IBody<TBody>
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw Malformed("The body is not UTF-8.");
        }

        using var document = ParseDocument(json);
        CheckNames(json.Span);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("The body must be a JSON object.");
        }

        var errors = new FieldErrors();
        var fields = new JsonFields(document.RootElement, rules, errors);
        var body = TBody.Read(fields);
        fields.RefuseUnknown();
        errors.ThrowIfAny();
        return body;
    }

    private static JsonDocument ParseDocument(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            throw Malformed($"The body is no valid JSON near line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
    }

    // A name with an escaped lone surrogate cannot even be compared with those we know.
    private static void CheckNames(ReadOnlySpan<byte> json)
    {
        if (!json.Contains((byte)'\\'))
        {
            return;
        }

        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw Malformed("A field's name is no well-formed Unicode text.");
            }
        }
    }

    private static ProblemException Malformed(string detail) => new(new ProblemResult(ProblemCodes.InvalidRequest, detail));
}
