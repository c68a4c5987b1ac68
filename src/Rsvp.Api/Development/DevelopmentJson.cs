using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rsvp.Api.Development;

/// <summary>Somebody to be.</summary>
internal sealed record KnownPerson(Guid UserId, string Name);

/// <summary>A token for somebody.</summary>
internal sealed record IssuedToken(Guid UserId, string Name, string Token);

/// <summary>The JSON of the development routes.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(KnownPerson[]))]
[JsonSerializable(typeof(IssuedToken))]
[JsonSerializable(typeof(RushProgress))]
internal sealed partial class DevelopmentJson : JsonSerializerContext;
