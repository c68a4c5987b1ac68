using System.CommandLine;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Tests;

/// <summary><c>./rsvp openapi</c>: writes docs/openapi.json as the code says it, by the test that compares the two.</summary>
internal static class OpenApiCommand
{
    private const string Test = "CommittedDocumentTests";
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(10);

    internal static Command Create()
    {
        var command = new Command("openapi", "Write docs/openapi.json from the code, after a route has changed.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var home = RsvpHome.FromEnvironment();
        ShellResult result = await Shell.RunAsync(
            Executables.Dotnet,
            ["test", home.InRoot("tests", "Rsvp.Api.Tests"), "-c", "Release", "--nologo", "-v", "q", "--filter", "FullyQualifiedName~" + Test],
            AtMost,
            new Dictionary<string, string> { ["RSVP_WRITE_OPENAPI"] = "1" },
            home.Root,
            cancellationToken: cancellationToken);
        Console.WriteLine(result.Ok ? "docs/openapi.json is what the code says" : result.Output);
        return result.Ok ? 0 : 1;
    }
}
