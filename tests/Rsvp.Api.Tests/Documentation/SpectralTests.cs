using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

public sealed class SpectralTests
{
    [Fact]
    public async Task The_linter_finds_nothing_in_the_document()
    {
        var findings = await Spectral.LintAsync(Repository.PathOf("docs", "openapi.json"), Repository.PathOf("docs", ".spectral.yaml"));

        Assert.True(findings is null, findings);
    }
}
