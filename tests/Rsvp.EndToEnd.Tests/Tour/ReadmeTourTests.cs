using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Tour;

/// <summary>Runs the README's tour as a reader would paste it.</summary>
[Collection(SystemCollection.Name)]
public sealed class ReadmeTourTests(SystemFixture system)
{
    [Fact]
    public async Task The_tour_in_the_README_works_as_written()
    {
        var output = await PageRun.RunAsync(system, "README.md", from: "<!-- tour:");

        Assert.Contains("\"status\":\"confirmed\"", output, StringComparison.Ordinal);
        Assert.Contains("\"waitlistPosition\":1", output, StringComparison.Ordinal);
        Assert.Contains("(Chess night)", output, StringComparison.Ordinal);
        Assert.Contains("No violation", output, StringComparison.Ordinal);
        await system.AssertAuditIsCleanAsync();
    }
}
