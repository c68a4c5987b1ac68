using System.Text.Json.Nodes;

namespace Rsvp.Api.Bodies;

/// <summary>The kinds of values a field can have.</summary>
internal enum FieldType
{
    Integer,
    Number,
    Flag,
    Text,
    Texts,
    Time,
    Id,
    Ids,
}

/// <summary>What a field may be.</summary>
internal sealed record FieldDescription(string Name, FieldType Type, bool IsNullable)
{
    /// <summary>Smallest value, or fewest characters.</summary>
    internal double? Min { get; init; }

    /// <summary>Largest value, or most characters.</summary>
    internal double? Max { get; init; }

    /// <summary>The only values, or the only items of a list; null for any.</summary>
    internal IReadOnlyList<string>? OneOf { get; init; }
}

/// <summary>Hears what is asked of a body's fields while it is read.</summary>
internal interface IFieldListener
{
    void Hears(FieldDescription field);

    void Requires(string name);

    /// <summary>A field that is absent counts as this.</summary>
    void Defaults(string name, JsonNode value);

    /// <summary>A field is a list of objects.</summary>
    /// <returns>Who hears what is asked of the fields of one of them.</returns>
    IFieldListener HearsList(string name, int min, int max);
}
