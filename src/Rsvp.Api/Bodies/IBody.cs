namespace Rsvp.Api.Bodies;

/// <summary>What a client sends in a request body.</summary>
/// <typeparam name="TSelf">The body itself.</typeparam>
internal interface IBody<TSelf>
    where TSelf : IBody<TSelf>
{
    /// <summary>Reads the fields one by one; mistakes are collected in <paramref name="fields"/>, not thrown.</summary>
    static abstract TSelf Read(JsonFields fields);
}

/// <summary>The body of a command that has none.</summary>
internal sealed class NoBody : IBody<NoBody>
{
    private static readonly NoBody Instance = new();

    private NoBody()
    {
    }

    public static NoBody Read(JsonFields fields) => Instance;
}
