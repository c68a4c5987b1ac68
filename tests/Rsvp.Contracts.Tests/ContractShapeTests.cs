using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using MassTransit;

namespace Rsvp.Contracts.Tests;

/// <summary>What makes the assembly a contract: names that are the wire format, and nothing that other languages and builds would have to know.</summary>
public sealed class ContractShapeTests
{
    private static readonly Assembly Contracts = typeof(CommandBatch).Assembly;

    [Theory]
    [InlineData(typeof(CommandBatch), "urn:message:Rsvp.Contracts:CommandBatch")]
    [InlineData(typeof(FailCommands), "urn:message:Rsvp.Contracts:FailCommands")]
    [InlineData(typeof(BatchApplied), "urn:message:Rsvp.Contracts:BatchApplied")]
    [InlineData(typeof(ActivityChanged), "urn:message:Rsvp.Contracts:ActivityChanged")]
    [InlineData(typeof(VacancyOpened), "urn:message:Rsvp.Contracts:VacancyOpened")]
    [InlineData(typeof(NotificationsIssued), "urn:message:Rsvp.Contracts:NotificationsIssued")]
    [InlineData(typeof(PassCompleted), "urn:message:Rsvp.Contracts:PassCompleted")]
    public void A_messages_urn_is_part_of_the_wire_format(Type message, string urn)
    {
        Assert.Equal(urn, MessageUrn.ForTypeString(message));
    }

    [Fact]
    public void All_types_are_in_the_one_namespace_that_the_urns_name()
    {
        Assert.All(Contracts.GetExportedTypes(), type => Assert.Equal("Rsvp.Contracts", type.Namespace));
    }

    [Fact]
    public void Messages_are_sealed_records_without_base_class()
    {
        var types = Contracts.GetExportedTypes().Where(type => !(type.IsAbstract && type.IsSealed)).ToList();

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.True(type is { IsClass: true, IsSealed: true, BaseType: Type b } && b == typeof(object), type.Name));
        Assert.All(types, type => Assert.NotNull(type.GetMethod("<Clone>$")));
    }

    [Fact]
    public void A_member_with_a_default_of_its_own_keeps_it_when_it_is_not_in_the_JSON()
    {
        var defaults = Contracts.GetExportedTypes()
            .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
            .SelectMany(type => type.GetProperties().Select(property => (Property: property, Default: property.GetValue(Activator.CreateInstance(type)))))
            .Where(member => member.Default is not null && !member.Default.Equals(Empty(member.Property.PropertyType)))
            .ToList();

        Assert.Equal(8, defaults.Count);
        // The code that reads JSON sets every member with init, whether it was there or not.
        Assert.All(defaults, member => Assert.DoesNotContain(typeof(IsExternalInit), member.Property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers()));
        // Null stands for something else than the default, so it has to be written.
        Assert.All(
            defaults.Where(member => Nullable.GetUnderlyingType(member.Property.PropertyType) is not null),
            member => Assert.Equal(JsonIgnoreCondition.Never, member.Property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition));
    }

    [Fact]
    public void Contracts_reference_nothing_but_the_base_class_library()
    {
        var references = Contracts.GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.All(references, name => Assert.True(name == "netstandard" || name.StartsWith("System.", StringComparison.Ordinal), name));
    }

    private static object? Empty(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
}
