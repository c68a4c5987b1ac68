using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Metadata;
using Rsvp.Api.Bodies;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Contracts;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Api.Requests;

/// <summary>A request for a command, checked as far as it can be without looking at any state.</summary>
internal abstract class CommandRequest
{
    internal required Guid RequestId { get; init; }

    /// <summary>Null without an <c>Idempotency-Key</c>.</summary>
    internal required Guid? KeyId { get; init; }

    internal required Caller Caller { get; init; }

    internal required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Null without <c>If-Match</c>.</summary>
    internal required IfMatch? IfMatch { get; init; }

    /// <summary>Seconds the client waits for the outcome; null when it does not.</summary>
    internal required int? WaitSeconds { get; init; }

    /// <summary>The envelope; the caller adds the one body that belongs to <paramref name="name"/>.</summary>
    internal Command ToCommand(string name, Guid activityId) => new()
    {
        RequestId = RequestId,
        KeyId = KeyId,
        Name = name,
        ActivityId = activityId,
        Caller = Caller,
        SubmittedAt = SubmittedAt,
        IfMatch = IfMatch,
        TraceParent = Traces.Current,
    };
}

/// <summary>A request for a command with its body; bound from the HTTP request by the framework.</summary>
/// <typeparam name="TBody">What the client sends; <see cref="NoBody"/> for nothing.</typeparam>
internal sealed class CommandRequest<TBody> : CommandRequest, IEndpointParameterMetadataProvider
    where TBody : IBody<TBody>
{
    internal required TBody Body { get; init; }

    /// <summary>For the documentation: what the body may be.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new BodyMetadata((fields) => TBody.Read(fields)));

    public static async ValueTask<CommandRequest<TBody>> BindAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        var key = IdempotencyKey.Read(headers[IdempotencyKey.Header]);
        var takesIfMatch = http.GetEndpoint()?.Metadata.GetMetadata<IfMatchMetadata>() is not null;
        var ifMatch = takesIfMatch ? EntityTags.ReadIfMatch(headers.IfMatch) : null;
        var bodyHash = key is null ? [] : new byte[SHA256.HashSizeInBytes];
        var body = await BodyReader.ReadAsync<TBody>(http, bodyHash);

        var ids = http.RequestServices.GetRequiredService<RequestIds>();
        var caller = http.User.ToCaller();
        Guid? keyId = key is null ? null : ids.KeyId(caller.UserId, http.Request.Method, http.Request.Path.Value!.ToLowerInvariant(), key);
        return new CommandRequest<TBody>
        {
            RequestId = keyId is { } known ? ids.Derive(known, bodyHash, caller.UserId) : ids.Issue(caller.UserId),
            KeyId = keyId,
            Caller = caller,
            SubmittedAt = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
            IfMatch = ifMatch,
            WaitSeconds = Preferences.Wait(headers["Prefer"]),
            Body = body,
        };
    }
}
