using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Rsvp.Api.Bodies;

namespace Rsvp.Api.Documentation;

/// <summary>Writes down what a body may be by listening to how it is read, so that the document cannot say anything else than the code.</summary>
internal sealed class BodySchema : IFieldListener
{
    private readonly OpenApiSchema _schema = new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Properties = new Dictionary<string, IOpenApiSchema>(),
        Required = new HashSet<string>(),
    };

    internal static OpenApiSchema Of(BodyMetadata body, BodyRules rules)
    {
        using var empty = JsonDocument.Parse("{}");
        var schema = new BodySchema();
        body.Read(new JsonFields(empty.RootElement, rules, new FieldErrors(), listener: schema));
        return schema._schema;
    }

    public void Requires(string name) => _schema.Required!.Add(name);

    public void Defaults(string name, JsonNode value) => ((OpenApiSchema)_schema.Properties![name]).Default = value;

    public void Hears(FieldDescription field)
    {
        if (field.Type == FieldType.Ids)
        {
            _schema.Properties!.Add(field.Name, new OpenApiSchema
            {
                Description = FieldTexts.Of(field.Name),
                Type = JsonSchemaType.Array,
                MinItems = (int?)field.Min,
                MaxItems = (int?)field.Max,
                Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" },
            });
            return;
        }

        var type = TypeOf(field.Type) | (field.IsNullable ? JsonSchemaType.Null : 0);
        var schema = new OpenApiSchema { Description = FieldTexts.Of(field.Name), Type = type, Format = FormatOf(field.Type) };
        if (field.Type == FieldType.Texts)
        {
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = EnumOf(field) };
            schema.UniqueItems = true;
            schema.MaxItems = (int?)field.Max;
            _schema.Properties!.Add(field.Name, schema);
            return;
        }

        if (field.Type == FieldType.Text)
        {
            schema.MinLength = (int?)field.Min;
            schema.MaxLength = (int?)field.Max;
        }
        else
        {
            schema.Minimum = field.Min?.ToString(CultureInfo.InvariantCulture);
            schema.Maximum = field.Max?.ToString(CultureInfo.InvariantCulture);
        }

        schema.Enum = EnumOf(field);
        _schema.Properties!.Add(field.Name, schema);
    }

    public IFieldListener HearsList(string name, int min, int max)
    {
        var item = new BodySchema();
        _schema.Properties!.Add(name, new OpenApiSchema
        {
            Description = FieldTexts.Of(name),
            Type = JsonSchemaType.Array,
            MinItems = min,
            MaxItems = max,
            Items = item._schema,
        });
        return item;
    }

    private static string? FormatOf(FieldType type) => type switch
    {
        FieldType.Time => "date-time",
        FieldType.Id => "uuid",
        _ => null,
    };

    private static List<JsonNode>? EnumOf(FieldDescription field) => field.OneOf is null ? null : [.. field.OneOf.Select(value => (JsonNode)value)];

    private static JsonSchemaType TypeOf(FieldType type) => type switch
    {
        FieldType.Integer => JsonSchemaType.Integer,
        FieldType.Number => JsonSchemaType.Number,
        FieldType.Flag => JsonSchemaType.Boolean,
        FieldType.Texts => JsonSchemaType.Array,
        FieldType.Text or FieldType.Time or FieldType.Id => JsonSchemaType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type."),
    };
}
