using System.Diagnostics.CodeAnalysis;
using Rsvp.Api.Bodies;

namespace Rsvp.Api.Documentation;

/// <summary>What a body may be, told by reading one.</summary>
internal sealed record BodyMetadata(Action<JsonFields> Read);

/// <summary>A body as a client may send it; without one the documentation makes one up from the fields.</summary>
internal sealed record BodyExampleMetadata(string Json);

/// <summary>The route is a list in pages.</summary>
internal sealed record PageMetadata;

/// <summary>The route takes <c>If-Match</c>.</summary>
internal sealed record IfMatchMetadata;

/// <summary>The route takes <c>Prefer: wait</c>; a command takes an <c>Idempotency-Key</c> too.</summary>
internal sealed record WaitMetadata(bool IsCommand);

/// <summary>The command makes something new, which answers 201.</summary>
/// <param name="Always">False when it may succeed without having made anything, which answers 200.</param>
internal sealed record CreatesMetadata(bool Always);

/// <summary>The answer has an <c>ETag</c>.</summary>
internal sealed record ETagMetadata;

/// <summary>The path answers WebSocket upgrades.</summary>
/// <param name="Only">And nothing else.</param>
internal sealed record SocketMetadata(bool Only);

/// <summary>Codes of the refusals that a route may answer besides those that every route may.</summary>
internal sealed record RefusalMetadata(IReadOnlyList<string> Codes);

/// <summary>The route answers with CSV, too, for who asks for it.</summary>
internal sealed record CsvMetadata;

/// <summary>Some callers get another document than the route's main one.</summary>
/// <param name="Type">The other document.</param>
/// <param name="Name">Its name among the schemas.</param>
internal sealed record OtherDocumentMetadata(Type Type, string Name);

/// <summary>Says of routes what the framework cannot see.</summary>
internal static class EndpointMetadataExtensions
{
    internal static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, params string[] refusals) =>
        route.Produces<T>().WithMetadata(new RefusalMetadata(refusals));

    internal static RouteHandlerBuilder AnswersCsvToo(this RouteHandlerBuilder route) => route.WithMetadata(new CsvMetadata());

    internal static RouteHandlerBuilder AnswersOthers<T>(this RouteHandlerBuilder route, string name) => route.WithMetadata(new OtherDocumentMetadata(typeof(T), name));

    internal static RouteHandlerBuilder AnswersCommand(this RouteHandlerBuilder route, params string[] refusals) =>
        route.WithMetadata(new WaitMetadata(IsCommand: true), new RefusalMetadata(refusals));

    internal static RouteHandlerBuilder AnswersRequest(this RouteHandlerBuilder route) =>
        route.WithMetadata(new WaitMetadata(IsCommand: false), new RefusalMetadata([Hosting.Problems.ProblemCodes.RequestNotFound]));

    internal static RouteHandlerBuilder AnswersSocket(this RouteHandlerBuilder route, params string[] refusals) =>
        route.WithMetadata(new SocketMetadata(Only: true), new RefusalMetadata(refusals));

    internal static RouteHandlerBuilder AnswersSocketToo(this RouteHandlerBuilder route) => route.WithMetadata(new SocketMetadata(Only: false));

    internal static RouteHandlerBuilder Creates(this RouteHandlerBuilder route, bool always = true) => route.WithMetadata(new CreatesMetadata(always));

    internal static RouteHandlerBuilder GivesETag(this RouteHandlerBuilder route) => route.WithMetadata(new ETagMetadata());

    internal static RouteHandlerBuilder TakesIfMatch(this RouteHandlerBuilder route) => route.WithMetadata(new IfMatchMetadata());

    internal static RouteHandlerBuilder WithBodyExample(this RouteHandlerBuilder route, [StringSyntax(StringSyntaxAttribute.Json)] string json) =>
        route.WithMetadata(new BodyExampleMetadata(json));
}
