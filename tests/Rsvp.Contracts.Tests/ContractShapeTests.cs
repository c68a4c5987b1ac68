using System.Reflection;
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
    public void Contracts_reference_nothing_but_the_base_class_library()
    {
        var references = Contracts.GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.All(references, name => Assert.True(name == "netstandard" || name.StartsWith("System.", StringComparison.Ordinal), name));
    }
}
