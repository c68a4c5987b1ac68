using Microsoft.Playwright;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rsvp.EndToEnd.Tests.LivePage;

/// <summary>Takes the README's pictures; with <c>RSVP_WRITE_SCREENSHOTS=1</c> they are written into docs/images.</summary>
[Collection(SystemCollection.Name)]
public sealed class ScreenshotTests(SystemFixture system, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly string[] Names = ["Ben Okafor", "Cleo Marsh", "Dora Lind", "Emil Novak", "Fay Sato", "Gus Romero", "Ida Berg", "Jon Vale", "Kim Park", "Lea Roux"];

    [Fact]
    [Trait("Category", "Long")]
    public async Task The_pictures_of_the_README_can_be_taken()
    {
        var hana = system.NewPerson(name: "Hana Weber");
        var evening = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(9).AddHours(18), TimeSpan.Zero);
        var activity = await hana.OpenAsync(14, new { title = "Chess night at the Lantern", startsAt = evening, endsAt = evening.AddHours(4) });
        var people = Names.Select(name => system.NewPerson(name: name)).ToList();
        foreach (var (index, person) in people.Index())
        {
            await person.SubmitAsync(activity, (index % 3) + 1);
        }

        // Lea alone fits into the last seat, and gets it before Ada comes.
        await people[^1].BecomesAsync(activity, "confirmed");
        var ada = system.NewPerson(name: "Ada Lovelace");
        await ada.SubmitAsync(activity, 2);

        await using (var page = await browser.OpenAsync(system, ada, $"/activities/{activity}", "Ada Lovelace"))
        {
            await page.Page.Locator(".history summary").ClickAsync();
            await TakeAsync(page, "attend", 1240, 800);
        }

        await using (var page = await browser.OpenAsync(system, ada, $"/activities/{activity}", "Ada Lovelace", ColorScheme.Dark))
        {
            await Expect(page.Place("waitlisted")).ToBeVisibleAsync();
            await TakeAsync(page, "phone", 420, 800);
        }

        await using (var page = await browser.OpenAsync(system, hana, $"/host/{activity}", "Hana Weber"))
        {
            await page.Page.GetByLabel("Move Ada Lovelace up").ClickAsync();
            await Expect(page.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Ada Lovelace");
            await TakeAsync(page, "host", 1240, 800);
        }

        await using (var page = await browser.OpenAsync(system, hana, "/rush", "Hana Weber"))
        {
            await page.Button("Start the rush").ClickAsync();
            await Expect(page.Page.Locator(".verdict")).ToBeVisibleAsync();
            await TakeAsync(page, "rush", 1240, 1120);
        }
    }

    private static async Task TakeAsync(Visitor visitor, string name, int width, int height)
    {
        await visitor.Page.SetViewportSizeAsync(width, height);
        await visitor.IsLiveAsync();
        await visitor.Page.EvaluateAsync("() => document.fonts.ready.then(() => undefined)");
        var picture = await visitor.Page.ScreenshotAsync();
        Assert.True(picture.Length > 10_000, $"The picture {name} has {picture.Length} bytes: there is nothing on it.");
        if (Environment.GetEnvironmentVariable("RSVP_WRITE_SCREENSHOTS") is "1")
        {
            Directory.CreateDirectory(Repository.PathOf("docs", "images"));
            await File.WriteAllBytesAsync(Repository.PathOf("docs", "images", name + ".png"), picture);
        }
    }
}
