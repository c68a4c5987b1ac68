using System.Text.Json;
using Microsoft.Playwright;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rsvp.EndToEnd.Tests.LivePage;

/// <summary>The live page in a real browser, as hosts use it.</summary>
[Collection(SystemCollection.Name)]
public sealed class HostPageTests(SystemFixture system, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task A_hosts_change_shows_at_attendees_without_a_reload()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/settings", "Hana");
        await using var attendee = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}");
        await Expect(attendee.Text("1 of 1 seat free")).ToBeVisibleAsync();
        await attendee.IsLiveAsync();
        await attendee.MarkAsync();

        await host.Page.GetByLabel("Title").FillAsync("Chess all night");
        await host.Page.GetByLabel("Seats", new() { Exact = true }).FillAsync("7");
        await host.Button("Save").ClickAsync();

        await Expect(attendee.Text("7 of 7 seats free")).ToBeVisibleAsync();
        await Expect(attendee.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Chess all night");
        Assert.True(await attendee.IsMarkedAsync());
    }

    [Fact]
    public async Task What_another_host_changed_meanwhile_is_kept_and_shows()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/settings", "Hana");
        await host.IsLiveAsync();
        await host.Page.GetByLabel("Largest party").FillAsync("4");

        await hana.PatchAsync(activity, new { title = "Go night", capacity = 3 });
        await Expect(host.Page.GetByLabel("Title")).ToHaveValueAsync("Go night");
        await host.Button("Save").ClickAsync();

        await Eventually.HoldsAsync(async () => (await SettingsAsync()).GetProperty("maxPartySize").GetInt32() == 4, "the change is there");
        var settings = await SettingsAsync();
        Assert.Equal(("Go night", 3), (settings.GetProperty("title").GetString(), settings.GetProperty("capacity").GetInt32()));

        async Task<JsonElement> SettingsAsync() => (await hana.GetAsync($"/api/activities/{activity}")).Body;
    }

    [Fact]
    public async Task Settings_that_were_read_before_a_push_came_are_read_again_after_it()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}", "Hana");
        await Expect(host.Text("Nobody waits")).ToBeVisibleAsync();
        await host.IsLiveAsync();
        var isHeld = false;
        await host.Page.RouteAsync(url => new Uri(url).AbsolutePath == $"/api/activities/{activity}", async route =>
        {
            if (isHeld)
            {
                await route.ContinueAsync();
                return;
            }

            isHeld = true;
            var old = await route.FetchAsync();
            await hana.PatchAsync(activity, new { title = "Go night", capacity = 7 });
            await host.Text("0 / 7").WaitForAsync();
            await route.FulfillAsync(new() { Response = old });
        });

        await hana.PatchAsync(activity, new { capacity = 5 });

        await Expect(host.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Go night");
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_is_asked_for_again_after_pauses()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}", "Hana");
        await Expect(host.Text("Nobody waits")).ToBeVisibleAsync();
        await host.IsLiveAsync();
        var asked = 0;
        await host.Page.RouteAsync(url => url.Contains($"/api/activities/{activity}/waitlist", StringComparison.Ordinal), async route =>
        {
            Interlocked.Increment(ref asked);
            await route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{ "code": "unavailable" }""" });
        });

        await system.JoinAllAsync(activity, 1, 1);
        await Expect(host.Text("A part of the system is away.")).ToBeVisibleAsync();
        await host.Page.UnrouteAllAsync();

        await Expect(host.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        Assert.InRange(asked, 1, 10);
    }

    [Fact]
    public async Task What_a_host_was_refused_is_still_said_when_the_lists_are_read_again()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await system.JoinAllAsync(activity, 1, 1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}", "Hana");
        await Expect(host.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await host.IsLiveAsync();
        await host.Page.RouteAsync(
            url => url.EndsWith("/waitlist/bulk", StringComparison.Ordinal),
            route => route.FulfillAsync(new() { Status = 409, ContentType = "application/problem+json", Body = """{ "code": "told_by_the_test", "title": "Not now." }""" }));
        await host.Button("Let in the next").ClickAsync();
        await Expect(host.Text("Not now.")).ToBeVisibleAsync();

        await system.JoinAsync(activity);

        await Expect(host.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await Expect(host.Text("Not now.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_activity_is_opened_filled_looked_through_and_called_off()
    {
        await using var host = await browser.OpenAsync(system, system.NewPerson(), "/host/new", "Hana");
        await host.Page.GetByLabel("Title").FillAsync("Picnic");
        await host.Page.GetByLabel("Seats", new() { Exact = true }).FillAsync("1");
        await host.Button("Open it").ClickAsync();
        await Expect(host.Text("Nobody waits")).ToBeVisibleAsync();
        var activity = Guid.Parse(new Uri(host.Page.Url).Fragment.Split('/')[2]);
        await host.IsLiveAsync();

        // Lists follow what others do.
        await system.JoinAsync(activity);
        var waiting = await system.JoinAsync(activity);
        await Expect(host.Page.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);

        // What would happen is shown, and nothing happens before it is said.
        await host.Page.GetByLabel("Choose Ada").CheckAsync();
        await host.Button("Remove").ClickAsync();
        var dialog = host.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("leaves the line (was 1st)");
        Assert.Equal("waitlisted", await waiting.StatusAsync(activity));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(host.Text("Nobody waits")).ToBeVisibleAsync();
        Assert.Equal("cancelled", await waiting.StatusAsync(activity));

        // At the door: by name, and Enter.
        await host.Page.GetByRole(AriaRole.Link, new() { Name = "Coming" }).ClickAsync();
        await host.Page.GetByLabel("Find somebody by name").FillAsync("ad");
        await host.Page.Keyboard.PressAsync("Enter");
        await Expect(host.Text("Here since")).ToBeVisibleAsync();

        await host.Page.GetByRole(AriaRole.Link, new() { Name = "Figures" }).ClickAsync();
        await Expect(host.Page.GetByRole(AriaRole.Figure)).ToHaveCountAsync(3);

        await host.Page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await host.Button("Call it off …").ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Call it off" }).ClickAsync();
        await Expect(host.Text("You called this off.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_is_found_at_the_door_while_another_is_being_checked_in_is_checked_in_after_them()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(2);
        foreach (var name in (string[])["Ada", "Ben"])
        {
            await system.NewPerson(name: name).SubmitAsync(activity);
        }

        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/coming");
        var goOn = new TaskCompletionSource();
        await host.Page.RouteAsync("**/check-in", async route =>
        {
            await goOn.Task;
            await route.ContinueAsync();
        });
        await host.Page.GetByLabel("Check in Ada").ClickAsync();
        await Expect(host.Page.GetByLabel("Check in Ben")).ToBeDisabledAsync();
        await host.Page.GetByLabel("Find somebody by name").FillAsync("be");
        await host.Page.Keyboard.PressAsync("Enter");
        goOn.SetResult();

        await Expect(host.Page.GetByLabel("Take back the check-in of Ben")).ToBeVisibleAsync();
        await host.Page.GetByLabel("Find somebody by name").FillAsync("");
        await Expect(host.Page.GetByLabel("Take back the check-in of Ada")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Before_asking_begins_an_attendee_reads_when_it_does()
    {
        var opens = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(2);
        await using var host = await browser.OpenAsync(system, system.NewPerson(), "/host/new", "Hana");
        await host.Page.GetByLabel("Title").FillAsync("Picnic");
        await host.Page.GetByLabel("Asking begins").FillAsync($"{opens:yyyy-MM-dd}T09:30");
        await host.Button("Open it").ClickAsync();
        await Expect(host.Text("Nobody waits")).ToBeVisibleAsync();
        var activity = Guid.Parse(new Uri(host.Page.Url).Fragment.Split('/')[2]);

        await using var attendee = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}");

        await Expect(attendee.Place("early")).ToContainTextAsync("You can ask from");
        await Expect(attendee.Place("early")).ToContainTextAsync("09:30");
        await host.Page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await Expect(host.Page.GetByLabel("Asking begins")).ToHaveValueAsync($"{opens:yyyy-MM-dd}T09:30");
        await Expect(host.Page.GetByLabel("Asking ends")).ToHaveValueAsync("");
        await host.Page.GetByLabel("Asking begins").FillAsync("");
        await host.Button("Save").ClickAsync();
        await Expect(attendee.Button("Ask for a place")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_removal_says_beforehand_who_gets_the_seat_by_the_rules_that_then_give_it()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(3, new { skipLimit = 0 });
        var leaver = system.NewPerson(name: "Ada");
        var (large, small, last) = (system.NewPerson(name: "Ben"), system.NewPerson(name: "Cleo"), system.NewPerson(name: "Dora"));
        await leaver.SubmitAsync(activity);
        await system.NewPerson(name: "Emil").SubmitAsync(activity, partySize: 2);
        await large.SubmitAsync(activity, partySize: 2);
        await small.SubmitAsync(activity);
        await last.SubmitAsync(activity);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/coming", "Hana");
        var dialog = host.Page.GetByRole(AriaRole.Dialog);

        // Ben does not fit into one seat, and nobody may overtake him.
        await host.Page.GetByLabel("Remove Ada").ClickAsync();
        await Expect(dialog).ToContainTextAsync("Nobody in line would get them now.");
        await Expect(dialog).ToContainTextAsync("An estimate");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Do nothing" }).ClickAsync();

        await hana.PatchAsync(activity, new { skipLimit = 1 });
        await Expect(host.Page.GetByLabel("Remove Ada")).ToBeVisibleAsync();
        await Eventually.HoldsAsync(async () => await RemovalNamesAsync("Cleo"), "the rules of now are shown");
        await Expect(dialog).Not.ToContainTextAsync("Ben");
        await Expect(dialog).Not.ToContainTextAsync("Dora");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();

        await small.BecomesAsync(activity, "confirmed");
        Assert.Equal(("waitlisted", "waitlisted"), (await large.StatusAsync(activity), await last.StatusAsync(activity)));

        async Task<bool> RemovalNamesAsync(string name)
        {
            await host.Page.GetByLabel("Remove Ada").ClickAsync();
            if ((await dialog.InnerTextAsync()).Contains(name, StringComparison.Ordinal))
            {
                return true;
            }

            await dialog.GetByRole(AriaRole.Button, new() { Name = "Do nothing" }).ClickAsync();
            return false;
        }
    }

    [Fact]
    public async Task At_the_door_also_those_are_found_who_are_too_far_down_the_list()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(5);
        var zoe = system.NewPerson(name: "Zoe Adler");
        var ada = await system.JoinAsync(activity);
        await zoe.SubmitAsync(activity);

        // A list that has no end, and of which the page gets the first alone.
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/coming", "Hana", prepare: context => context.RouteAsync(
            url => url.Contains("/rsvps?status=confirmed", StringComparison.Ordinal) && !url.Contains("search=", StringComparison.Ordinal),
            async route =>
            {
                if (route.Request.Url.Contains("cursor=", StringComparison.Ordinal))
                {
                    await route.FulfillAsync(new() { ContentType = "application/json", Body = """{ "items": [], "nextCursor": "more" }""" });
                    return;
                }

                var first = (await hana.GetAsync($"/api/activities/{activity}/rsvps?status=confirmed&limit=1")).Body.GetProperty("items").GetRawText();
                await route.FulfillAsync(new() { ContentType = "application/json", Body = $$"""{ "items": {{first}}, "nextCursor": "more" }""" });
            }));
        await Expect(host.Page.GetByLabel("Check in Ada")).ToBeVisibleAsync();
        var refused = 0;
        await host.Page.RouteAsync(url => url.Contains("search=zoe", StringComparison.Ordinal), route => Interlocked.Increment(ref refused) == 1
            ? route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{ "code": "unavailable" }""" })
            : route.ContinueAsync());

        // Of the first alone it would be Ada; Enter means nobody before it is known who else is called so.
        await host.Page.GetByLabel("Find somebody by name").FillAsync("ad");
        await host.Page.Keyboard.PressAsync("Enter");
        await Expect(host.Text("2 found")).ToBeVisibleAsync();

        // A search that fails is told, and done again.
        await host.Page.GetByLabel("Find somebody by name").FillAsync("zoe");
        await Expect(host.Page.Locator(".toast")).ToContainTextAsync("A part of the system is away.");
        await host.Page.GetByLabel("Check in Zoe Adler").ClickAsync();

        await Eventually.HoldsAsync(() => IsHereAsync(zoe), "Zoe is checked in");
        Assert.False(await IsHereAsync(ada));

        async Task<bool> IsHereAsync(Person person) => (await person.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("checkedIn").GetBoolean();
    }

    [Fact]
    public async Task A_button_that_was_pressed_keeps_the_focus_also_through_a_dialog()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await system.JoinAllAsync(activity, 1, 1, 1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/coming", "Hana");

        await host.Page.GetByLabel("Check in Ada").PressAsync("Enter");
        await Expect(host.Page.GetByLabel("Take back the check-in of Ada")).ToBeFocusedAsync();

        await host.Page.GetByRole(AriaRole.Link, new() { Name = "In line" }).ClickAsync();
        await Expect(host.Page.GetByLabel("Move Ada down").First).ToBeEnabledAsync();
        await host.Page.GetByLabel("Move Ada down").First.PressAsync("Enter");
        await host.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Move" }).PressAsync("Enter");
        await Expect(host.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        await Expect(host.Page.GetByLabel("Move Ada down").Last).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_list_at_the_door_is_saved_without_those_who_wait()
    {
        var hana = system.NewPerson();
        var activity = await hana.OpenAsync(1);
        await system.JoinAllAsync(activity, 1, 1);
        await using var host = await browser.OpenAsync(system, hana, $"/host/{activity}/coming", "Hana");

        var saved = await host.Page.RunAndWaitForDownloadAsync(() => host.Button("Save as CSV").ClickAsync());

        Assert.Equal(2, (await File.ReadAllLinesAsync(await saved.PathAsync())).Length);
    }

    [Fact]
    public async Task A_rush_that_is_stopped_stays_stopped()
    {
        await using var page = await browser.OpenAsync(system, system.NewPerson(), "/rush");
        await page.Page.GetByLabel("At the same time").FillAsync("1");
        await page.Button("Start the rush").ClickAsync();
        await page.Page.Locator(".rush-progress").WaitForAsync();

        await page.Button("Stop").ClickAsync();

        await Expect(page.Button("Start the rush")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".rush-progress")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_rush_is_drawn_and_gives_every_seat_once()
    {
        SystemFixture.NeedsOwn();
        await using var page = await browser.OpenAsync(system, system.NewPerson(), "/rush");
        await page.Page.GetByLabel("People").FillAsync("60");
        await page.Page.GetByLabel("Seats").FillAsync("10");
        await page.Page.GetByLabel("At the same time").FillAsync("20");

        await page.Button("Start the rush").ClickAsync();

        await Expect(page.Page.Locator(".verdict")).ToContainTextAsync("10 of 10 seats given, none twice.");
        await Expect(page.Page.GetByRole(AriaRole.Img, new() { Name = "10 of 10 seats taken" })).ToBeVisibleAsync();
    }
}
