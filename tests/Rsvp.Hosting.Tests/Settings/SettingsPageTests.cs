using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Settings;

public sealed partial class SettingsPageTests
{
    [Fact]
    public async Task The_page_has_every_setting_with_its_default_and_bounds()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "operations.md"));
        var made = Setting.ReadAll();

        var written = Row().Matches(page).Select(row => new Setting(row.Groups["name"].Value, row.Groups["default"].Value, row.Groups["bounds"].Value.Trim()));

        Assert.True(made.Count > 50);
        Assert.Equal(made.Select(setting => setting.ToString()).Order(), written.Select(setting => setting.ToString()).Order());
    }

    [GeneratedRegex(@"^\| `(?<name>[A-Z]\w+:\w+)` \| (?<default>[^|]+?) \|(?<bounds>[^|]*)\| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
