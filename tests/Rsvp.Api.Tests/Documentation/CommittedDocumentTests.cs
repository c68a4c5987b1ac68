using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>The committed document is what the code says; <c>./rsvp openapi</c> writes it again.</summary>
public sealed class CommittedDocumentTests(GeneratedDocument generated) : IClassFixture<GeneratedDocument>
{
    [Fact]
    public async Task The_committed_document_is_the_generated_one()
    {
        var file = Repository.PathOf("docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("RSVP_WRITE_OPENAPI") is "1")
        {
            await File.WriteAllTextAsync(file, generated.Text);
        }

        var committed = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";

        // By line, so that the message shows the first difference and not the whole document.
        var difference = committed.Split('\n').Zip(generated.Text.Split('\n')).Index().FirstOrDefault(line => line.Item.First != line.Item.Second);
        Assert.True(
            committed == generated.Text,
            $"docs/openapi.json is not what the code says: run ./rsvp openapi and commit it. Line {difference.Index + 1}: '{difference.Item.First}' should be '{difference.Item.Second}'.");
    }
}
