using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Documentation;

/// <summary>docs/security.md names a test for every attack. Its other tables are compared by the tests that know what is there.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public async Task Every_attack_has_a_guard_and_a_test_that_is_there()
    {
        var attacks = await SecurityPage.TableAsync("attack");
        var tests = TestNames.Read();

        Assert.True(attacks.Count > 10);
        Assert.All(attacks, attack =>
        {
            var named = Quoted().Matches(attack).Select(name => name.Groups[1].Value).ToArray();
            Assert.True(named.Length > 0, $"No test: {attack}");
            Assert.Empty(named.Except(tests));
        });
    }

    [GeneratedRegex(@"`(\w+/\w+\.\w+)`")]
    private static partial Regex Quoted();
}
