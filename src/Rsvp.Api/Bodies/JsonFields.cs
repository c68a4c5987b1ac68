using System.Globalization;
using System.Text.Json;

namespace Rsvp.Api.Bodies;

/// <summary>The fields of one JSON object. Reading a field says what it may be; whatever else is in the object is an error.</summary>
/// <remarks>
/// Every method returns null when the field is absent, wrong, or null; a wrong one is noted in the errors. What is said about the fields is also
/// what the API's documentation says: it reads an empty object and keeps the <see cref="FieldDescription"/>s.
/// </remarks>
internal sealed class JsonFields(JsonElement json, BodyRules rules, FieldErrors errors, string path = "", IFieldListener? listener = null)
{
    // Longer names are cut in messages.
    private const int ShownNameCharsMax = 100;

    // Long before anything that people answer to, and long after the first time there is, from which nothing can be taken away.
    private const int YearMin = 1900;

    private readonly List<string> _known = [];
    private List<string>? _nulls;

    internal BodyRules Rules => rules;

    /// <summary>JSON names of the nullable fields that were null.</summary>
    internal IReadOnlyList<string> Nulls => _nulls ?? [];

    /// <summary>Notes an error about a field of this object.</summary>
    internal void Refuse(string name, string message) => errors.Add(path + name, message);

    /// <summary>Whether the field is there, null or not.</summary>
    internal bool Has(string name) => json.TryGetProperty(name, out _);

    /// <summary>Notes an error when the field is absent.</summary>
    internal void Require(string name)
    {
        listener?.Requires(name);
        if (!Has(name))
        {
            Refuse(name, "Is required.");
        }
    }

    /// <summary>Says what a field counts as that is absent or wrong.</summary>
    /// <returns>The value itself.</returns>
    internal T Default<T>(string name, T value)
        where T : notnull
    {
        listener?.Defaults(name, JsonSerializer.SerializeToNode(value)!);
        return value;
    }

    internal int? Integer(string name, int min, int max, bool nullable = false)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Integer, nullable) { Min = min, Max = max });
        if (!TryFind(name, JsonValueKind.Number, "an integer", nullable, out var value))
        {
            return null;
        }

        if (value.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"Must be an integer from {min} to {max}."));
        return null;
    }

    internal double? Number(string name, double min, double max)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Number, IsNullable: false) { Min = min, Max = max });
        if (!TryFind(name, JsonValueKind.Number, "a number", nullable: false, out var value))
        {
            return null;
        }

        if (value.TryGetDouble(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"Must be a number from {min} to {max}."));
        return null;
    }

    internal bool? Flag(string name)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Flag, IsNullable: false));
        _known.Add(name);
        if (!json.TryGetProperty(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Refuse(name, "Must be true or false.");
        return null;
    }

    internal string? OneOf(string name, params ReadOnlySpan<string> values)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Text, IsNullable: false) { OneOf = [.. values] });
        if (!TryFind(name, JsonValueKind.String, "a string", nullable: false, out var value))
        {
            return null;
        }

        foreach (var candidate in values)
        {
            if (Says(value, candidate))
            {
                return candidate;
            }
        }

        Refuse(name, $"Must be one of: {string.Join(", ", values)}.");
        return null;
    }

    /// <summary>Text without NUL and lone surrogates, of at most <paramref name="codePointsMax"/> code points; not blank when <paramref name="notBlank"/>.</summary>
    internal string? Text(string name, int codePointsMax, bool nullable = false, bool notBlank = false)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Text, nullable) { Min = notBlank ? 1 : null, Max = codePointsMax });
        if (!TryFind(name, JsonValueKind.String, "a string", nullable, out var value))
        {
            return null;
        }

        if (!TryGetString(value, out var text) || !CodePoints.AreWellFormed(text))
        {
            Refuse(name, "Must be well-formed Unicode text without NUL.");
            return null;
        }

        if (CodePoints.Exceed(text, codePointsMax))
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"Must have at most {codePointsMax} characters."));
            return null;
        }

        if (notBlank && string.IsNullOrWhiteSpace(text))
        {
            Refuse(name, "Must not be blank.");
            return null;
        }

        return text;
    }

    /// <summary>A list of strings, each one of <paramref name="values"/> and there once.</summary>
    internal IReadOnlyList<string>? Texts(string name, IReadOnlyList<string> values)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Texts, IsNullable: false) { Max = values.Count, OneOf = values });
        if (!TryFind(name, JsonValueKind.Array, "a list of strings", nullable: false, out var list))
        {
            return null;
        }

        var read = new List<string>();
        foreach (var item in list.EnumerateArray())
        {
            var known = item.ValueKind == JsonValueKind.String ? values.FirstOrDefault(value => Says(item, value)) : null;
            if (known is null || read.Contains(known))
            {
                Refuse(name, known is null ? $"Must be a list of: {string.Join(", ", values)}." : $"Has {known} twice.");
                return null;
            }

            read.Add(known);
        }

        return read;
    }

    /// <summary>An RFC 3339 time; its offset is required, and it is kept in UTC with microseconds, as the database does.</summary>
    internal DateTimeOffset? Time(string name, bool nullable = false)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Time, nullable));
        if (!TryFind(name, JsonValueKind.String, "a time", nullable, out var value))
        {
            return null;
        }

        if (!TryGetString(value, out var text) || !Rfc3339.TryParse(text, out var time))
        {
            Refuse(name, "Must be a time with its offset, such as 2030-01-31T18:00:00Z.");
            return null;
        }

        if (time.Year < YearMin)
        {
            Refuse(name, "Must not be before the year 1900.");
            return null;
        }

        return time;
    }

    /// <summary>A UUID.</summary>
    internal Guid? Id(string name)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Id, IsNullable: false));
        if (!TryFind(name, JsonValueKind.String, "a UUID", nullable: false, out var value))
        {
            return null;
        }

        if (TryGetId(value, out var id))
        {
            return id;
        }

        Refuse(name, "Must be a UUID.");
        return null;
    }

    /// <summary>A list of UUIDs.</summary>
    internal IReadOnlyList<Guid> Ids(string name, int min, int max)
    {
        listener?.Hears(new FieldDescription(name, FieldType.Ids, IsNullable: false) { Min = min, Max = max });
        if (!TryFind(name, JsonValueKind.Array, "a list", nullable: false, out var list))
        {
            return [];
        }

        var ids = new List<Guid>();
        if (list.GetArrayLength() < min || list.GetArrayLength() > max)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"Must be a list of {min} to {max} UUIDs."));
            return ids;
        }

        foreach (var (index, value) in list.EnumerateArray().Index())
        {
            if (value.ValueKind == JsonValueKind.String && TryGetId(value, out var id))
            {
                ids.Add(id);
            }
            else
            {
                Refuse(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), "Must be a UUID.");
            }
        }

        return ids;
    }

    /// <summary>A list of objects, each read by <paramref name="read"/>.</summary>
    internal IReadOnlyList<T> Objects<T>(string name, int min, int max, Func<JsonFields, T> read)
    {
        if (listener?.HearsList(name, min, max) is { } item)
        {
            using var empty = JsonDocument.Parse("{}");
            read(new JsonFields(empty.RootElement, rules, new FieldErrors(), listener: item));
        }

        if (!TryFind(name, JsonValueKind.Array, "a list", nullable: false, out var list))
        {
            return [];
        }

        if (list.GetArrayLength() < min || list.GetArrayLength() > max)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"Must be a list of {min} to {max} objects."));
            return [];
        }

        var items = new List<T>(list.GetArrayLength());
        foreach (var (index, value) in list.EnumerateArray().Index())
        {
            var itemPath = string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]");
            if (value.ValueKind != JsonValueKind.Object)
            {
                Refuse(itemPath, "Must be an object.");
                continue;
            }

            var fields = new JsonFields(value, rules, errors, $"{path}{itemPath}.");
            items.Add(read(fields));
            fields.RefuseUnknown();
        }

        return items;
    }

    /// <summary>Notes an error for every field that nobody asked for, and for every field that is there twice.</summary>
    internal void RefuseUnknown()
    {
        // One bit per field asked for; no body has more than 32.
        var seen = 0u;
        foreach (var property in json.EnumerateObject())
        {
            var index = IndexOf(property);
            if (index < 0)
            {
                Refuse(NameOf(property), "Is not a known field.");
            }
            else if ((seen & (1u << index)) != 0)
            {
                Refuse(_known[index], "Is there twice.");
            }
            else
            {
                seen |= 1u << index;
            }
        }
    }

    // Each of the three below throws at an escaped lone surrogate, which is no text, no name and no id.
    private static bool TryGetString(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    private static bool Says(JsonElement value, string text)
    {
        try
        {
            return value.ValueEquals(text);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool TryGetId(JsonElement value, out Guid id)
    {
        try
        {
            return value.TryGetGuid(out id);
        }
        catch (InvalidOperationException)
        {
            id = default;
            return false;
        }
    }

    private static string NameOf(JsonProperty property)
    {
        var name = property.Name;
        return name.Length > ShownNameCharsMax ? name[..ShownNameCharsMax] : name;
    }

    private int IndexOf(JsonProperty property)
    {
        for (var index = 0; index < _known.Count; index++)
        {
            if (property.NameEquals(_known[index]))
            {
                return index;
            }
        }

        return -1;
    }

    private bool TryFind(string name, JsonValueKind kind, string what, bool nullable, out JsonElement value)
    {
        _known.Add(name);
        if (!json.TryGetProperty(name, out value))
        {
            return false;
        }

        if (value.ValueKind == kind)
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Null)
        {
            Refuse(name, nullable ? $"Must be {what} or null." : $"Must be {what}.");
        }
        else if (nullable)
        {
            (_nulls ??= []).Add(name);
        }
        else
        {
            Refuse(name, "Must not be null.");
        }

        return false;
    }
}
