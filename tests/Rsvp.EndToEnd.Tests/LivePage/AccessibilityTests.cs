using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.LivePage;

/// <summary>Every view of the page, looked at by axe; in the dark only at what differs there, the colours.</summary>
[Collection(SystemCollection.Name)]
public sealed class AccessibilityTests(SystemFixture system, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_view_has_a_violation(ColorScheme scheme)
    {
        SystemFixture.NeedsOwn();
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(2, new { promotionMode = "offer", offerMinutes = 60 });
        var people = await system.JoinAllAsync(activity, 2, 1, 2);
        var found = new List<string>();

        // As one who waits sees it, then as one who is offered a seat, then as one who has none.
        await using (var page = await browser.OpenAsync(system, people[1], "/", scheme: scheme))
        {
            await LookAsync(page, "/", ".card");
            await LookAsync(page, $"/activities/{activity}", "[data-state=waitlisted]");
            await page.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(one => { one.open = true; })");
            await LookAsync(page, $"/activities/{activity}", ".history");
            await LookAsync(page, "/places", ".rows");
            await LookAsync(page, "/nowhere", "h1");
            await page.Button("You are Ada").ClickAsync();
            await LookAsync(page, "/nowhere", "dialog[open]");
        }

        await using (var page = await browser.OpenAsync(system, hana, "/host", "Hana", scheme))
        {
            await LookAsync(page, "/host", ".rows");
            await LookAsync(page, "/host/new", "form");
            await LookAsync(page, $"/host/{activity}/line", "table");
            await page.Page.GetByLabel("Choose all").CheckAsync();
            await page.Button("Remove").ClickAsync();
            await LookAsync(page, $"/host/{activity}/line", "dialog[open]");
            await page.Page.Keyboard.PressAsync("Escape");
            await people[0].CancelAsync(activity);
            await people[1].BecomesAsync(activity, "offered");
            await LookAsync(page, $"/host/{activity}/coming", ".empty");
            await LookAsync(page, $"/host/{activity}/figures", ".chart");
            await LookAsync(page, $"/host/{activity}/settings", "form");
            await LookAsync(page, "/rush", "form");
            await page.Page.GetByLabel("At the same time").FillAsync("1");
            await page.Button("Start the rush").ClickAsync();
            await LookAsync(page, "/rush", ".plot");
            await page.Button("Stop").ClickAsync();
            await page.Button("Start the rush").WaitForAsync();
            await LookAsync(page, "/rush", ".rush");
        }

        await using (var page = await browser.OpenAsync(system, people[1], $"/activities/{activity}", scheme: scheme))
        {
            await LookAsync(page, $"/activities/{activity}", "[data-state=offered]");
            await page.Button("Accept").ClickAsync();
            await LookAsync(page, $"/activities/{activity}", "[data-state=confirmed]");
        }

        await using (var page = await browser.OpenAsync(system, person: null, "/places", scheme: scheme))
        {
            await LookAsync(page, "/places", ".stranger");
        }

        Assert.Empty(found);

        async Task LookAsync(Visitor visitor, string hash, string shows)
        {
            await visitor.Page.EvaluateAsync("hash => { location.hash = hash; }", hash);
            await visitor.Page.Locator(shows).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            found.AddRange(await ViolationsAsync(visitor, hash, scheme == ColorScheme.Dark ? ["color-contrast"] : []));
        }
    }

    [Fact]
    public async Task A_violation_would_be_found()
    {
        await using var page = await browser.OpenAsync(system, person: null);
        await page.Page.Locator("h1").WaitForAsync();

        await page.Page.EvaluateAsync("() => document.querySelector('main').append(document.createElement('input'))");

        Assert.Contains(await ViolationsAsync(page, "/", []), violation => violation.Contains("label", StringComparison.Ordinal));
    }

    /// <param name="visitor">Who looks.</param>
    /// <param name="where">What is looked at.</param>
    /// <param name="rules">The rules that count; none: all.</param>
    private static async Task<IEnumerable<string>> ViolationsAsync(Visitor visitor, string where, string[] rules)
    {
        if (!await visitor.Page.EvaluateAsync<bool>("() => window.axe !== undefined"))
        {
            await visitor.Page.EvaluateAsync(Axe);
        }

        var violations = await visitor.Page.EvaluateAsync<string[]>(
            """
            async rules => (await axe.run({ resultTypes: ["violations"], ...(rules.length ? { runOnly: rules } : {}) })).violations
                .flatMap(one => one.nodes.map(node => `${one.id} (${one.help}) ${node.html}`))
            """,
            rules);
        return violations.Select(violation => $"{where}: {violation}");
    }
}
