using Microsoft.Playwright;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rsvp.EndToEnd.Tests.LivePage;

/// <summary>The live page in a real browser, as those see it who want a place.</summary>
[Collection(SystemCollection.Name)]
public sealed class AttendeePageTests(SystemFixture system, BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Fact]
    public async Task One_cancels_and_the_other_sees_the_promotion_without_a_reload()
    {
        var activity = await system.OpenAsync(1);
        await using var ada = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}");
        await using var ben = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}", "Ben");
        await ada.Button("Ask for a place").ClickAsync();
        await Expect(ada.Place("confirmed")).ToContainTextAsync("You are in.");
        await ben.Button("Get in line").ClickAsync();
        await Expect(ben.Place("waitlisted")).ToContainTextAsync("1st in line");
        await ben.IsLiveAsync();
        await ben.MarkAsync();

        await ada.Button("Give it back").ClickAsync();
        await ada.Button("Give it back").ClickAsync();

        await Expect(ben.Place("confirmed")).ToContainTextAsync("You are in.");
        await Expect(ben.Page.Locator("#polite")).ToContainTextAsync("You are in.");
        await Expect(ada.Place("cancelled")).ToBeVisibleAsync();
        Assert.True(await ben.IsMarkedAsync());
    }

    [Fact]
    public async Task A_cut_connection_is_told_and_what_happened_meanwhile_shows_when_it_is_back()
    {
        var activity = await system.OpenAsync(1);
        var first = await system.JoinAsync(activity);
        var ben = system.NewPerson();
        await ben.SubmitAsync(activity);
        await using var page = await browser.OpenAsync(system, ben, $"/activities/{activity}");
        await Expect(page.Place("waitlisted")).ToContainTextAsync("1st in line");
        await page.IsLiveAsync();

        await page.OfflineAsync(true);
        await Expect(page.Text("Connection lost.")).ToBeVisibleAsync();
        await first.CancelAsync(activity);
        await ben.BecomesAsync(activity, "confirmed");
        await Expect(page.Place("waitlisted")).ToBeVisibleAsync();
        await page.OfflineAsync(false);

        await Expect(page.Place("confirmed")).ToBeVisibleAsync();
        await Expect(page.Text("Connection lost.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_push_service_that_dies_is_told_and_the_page_catches_up_when_it_lives_again()
    {
        var activity = await system.OpenAsync(2);
        await using var page = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}");
        await page.IsLiveAsync();

        await system.Instance.KillAsync("notifier-1", CancellationToken.None);
        try
        {
            await page.IsLostAsync();
            await system.JoinAsync(activity);
        }
        finally
        {
            await system.Instance.StartAsync("notifier-1", CancellationToken.None);
        }

        await page.IsLiveAsync();
        await Expect(page.Text("1 of 2 seats free")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_place_that_was_asked_for_elsewhere_shows_with_all_of_its_party()
    {
        var activity = await system.OpenAsync(4);
        var ada = system.NewPerson();
        await using var page = await browser.OpenAsync(system, ada, $"/activities/{activity}");
        await Expect(page.Button("Ask for a place")).ToBeVisibleAsync();
        await page.IsLiveAsync();

        await ada.SubmitAsync(activity, partySize: 4);

        await Expect(page.Place("confirmed")).ToBeVisibleAsync();
        await Expect(page.Text("A party of 4")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Whoever_cannot_connect_for_their_token_is_asked_for_another()
    {
        SystemFixture.NeedsOwn();
        var activity = await system.OpenAsync(1);
        await using var page = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}", prepare: context => context.RouteAsync(
            url => new Uri(url).AbsolutePath is "/hubs/rsvp/negotiate" or "/api/users/me",
            route => route.FulfillAsync(new() { Status = 401, ContentType = "application/problem+json", Body = """{ "code": "unauthorized" }""" })));

        await Expect(page.Button("Choose who you are")).ToBeVisibleAsync();
        await Expect(page.Text("Connection lost.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_question_about_leaving_the_line_is_not_about_the_seat_that_came_meanwhile()
    {
        var activity = await system.OpenAsync(1);
        var first = await system.JoinAsync(activity);
        var ben = system.NewPerson();
        await ben.SubmitAsync(activity);
        await using var page = await browser.OpenAsync(system, ben, $"/activities/{activity}");
        await page.IsLiveAsync();
        await page.Button("Leave the line").ClickAsync();
        await Expect(page.Text("Sure?")).ToBeVisibleAsync();

        await first.CancelAsync(activity);

        await Expect(page.Place("confirmed")).ToBeVisibleAsync();
        await Expect(page.Text("Sure?")).ToBeHiddenAsync();
        await Expect(page.Button("Give it back")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_place_that_changed_unseen_is_not_given_back()
    {
        var activity = await system.OpenAsync(2);
        var ada = await system.JoinAsync(activity);
        await using var page = await browser.OpenAsync(system, ada, $"/activities/{activity}", prepare: context => context.RouteAsync(
            url => new Uri(url).AbsolutePath == "/hubs/rsvp/negotiate", route => route.AbortAsync()));
        await page.Button("Give it back").ClickAsync();
        await ada.ResizeAsync(activity, partySize: 2);

        await page.Button("Give it back").ClickAsync();

        await Expect(page.Text("Somebody else changed it meanwhile.")).ToBeVisibleAsync();
        await Expect(page.Text("A party of 2")).ToBeVisibleAsync();
        Assert.Equal("confirmed", await ada.StatusAsync(activity));
    }

    [Fact]
    public async Task An_offer_is_shown_with_its_end_and_answered()
    {
        var activity = await system.OpenAsync(1, new { promotionMode = "offer", offerMinutes = 5 });
        var first = await system.JoinAsync(activity);
        var ben = system.NewPerson();
        await ben.SubmitAsync(activity);
        await using var page = await browser.OpenAsync(system, ben, $"/activities/{activity}");
        await page.IsLiveAsync();

        await first.CancelAsync(activity);
        await Expect(page.Place("offered")).ToContainTextAsync("A seat is held for you.");
        await Expect(page.Page.GetByRole(AriaRole.Timer)).ToContainTextAsync("4:");
        await page.Button("Accept").ClickAsync();

        await Expect(page.Place("confirmed")).ToBeVisibleAsync();
        await page.Text("What happened so far").ClickAsync();
        await Expect(page.Text("You accepted")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_place_that_cannot_be_read_is_told_and_asked_for_again()
    {
        var activity = await system.OpenAsync(2);
        await using var page = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}", prepare: context => context.RouteAsync(
            url => new Uri(url).AbsolutePath == $"/api/activities/{activity}/rsvp",
            route => route.FulfillAsync(new() { Status = 503, ContentType = "application/problem+json", Body = """{ "code": "unavailable" }""" })));
        await Expect(page.Text("A part of the system is away.")).ToBeVisibleAsync();

        await page.Page.Context.UnrouteAllAsync();

        await Expect(page.Button("Ask for a place")).ToBeVisibleAsync();
        await Expect(page.Text("A part of the system is away.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Who_is_let_in_ahead_is_told_as_somebody_else()
    {
        var activity = await system.OpenAsync(1);
        var people = await system.JoinAllAsync(activity, 1, 1, 1);
        await people[0].CancelAsync(activity);
        await people[1].BecomesAsync(activity, "confirmed");

        await using var page = await browser.OpenAsync(system, people[2], $"/activities/{activity}");
        await page.Text("Why am I 1st?").ClickAsync();

        await Expect(page.Text("Somebody ahead of you was let in")).ToBeVisibleAsync();
        await Expect(page.Text("You moved up: you are in")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task An_offer_is_counted_down_by_the_servers_clock_whatever_the_visitors_says()
    {
        var activity = await system.OpenAsync(1, new { promotionMode = "offer", offerMinutes = 5 });
        var first = await system.JoinAsync(activity);
        var ben = system.NewPerson();
        await ben.SubmitAsync(activity);
        await first.CancelAsync(activity);
        await ben.BecomesAsync(activity, "offered");

        await using var page = await browser.OpenAsync(system, ben, $"/activities/{activity}", prepare: context => context.AddInitScriptAsync(
            "const right = Date.now; Date.now = () => right() + 3_600_000;"));

        await Expect(page.Page.GetByRole(AriaRole.Timer)).ToContainTextAsync("4:");
    }

    [Fact]
    public async Task An_activity_that_is_opened_meanwhile_shows_in_the_list_without_a_reload()
    {
        await using var page = await browser.OpenAsync(system, system.NewPerson(), prepare: context => context.Clock.InstallAsync());
        await page.IsLiveAsync();
        await page.MarkAsync();
        var title = $"Opened meanwhile {Guid.NewGuid():N}";

        await system.OpenAsync(3, new { title, startsAt = TimeProvider.System.GetUtcNow().AddMinutes(30) });
        await Expect(page.Text(title)).ToBeHiddenAsync();
        await page.Page.Clock.FastForwardAsync("00:11");

        await Expect(page.Text(title)).ToBeVisibleAsync();
        Assert.True(await page.IsMarkedAsync());
    }

    [Fact]
    public async Task When_asking_ends_an_open_page_says_so_by_itself()
    {
        var activity = await system.OpenAsync(1, new { registrationClosesAt = TimeProvider.System.GetUtcNow().AddHours(1) });

        // Without pushes, and without asking why there are none: any answer would say what time it really is.
        await using var page = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}", prepare: async context =>
        {
            await context.Clock.InstallAsync();
            await context.RouteAsync(url => new Uri(url).AbsolutePath is "/hubs/rsvp/negotiate" or "/api/users/me", route => route.AbortAsync());
        });
        await Expect(page.Button("Ask for a place")).ToBeVisibleAsync();

        await page.Page.Clock.FastForwardAsync("01:00:01");

        await Expect(page.Place("late")).ToContainTextAsync("Asking ended");
        await Expect(page.Button("Ask for a place")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_people_write_is_shown_as_they_wrote_it_and_does_nothing()
    {
        const string Title = "<img src=x onerror=\"document.title='owned'\"><b>Bold</b>";
        var activity = await system.OpenAsync(1, new { title = Title });
        await using var page = await browser.OpenAsync(system, person: null, $"/activities/{activity}");

        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Title);
        Assert.Equal(0, await page.Page.Locator("main img, main b").CountAsync());
        Assert.DoesNotContain("owned", (await page.Page.TitleAsync()).Split('<')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_development_anybody_is_somebody_by_their_name_and_keeps_to_the_keyboard()
    {
        SystemFixture.NeedsOwn();
        var activity = await system.OpenAsync(1);
        await using var page = await browser.OpenAsync(system, person: null, $"/activities/{activity}");

        await page.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Say who you are" }).PressAsync("Enter");
        await page.Page.GetByLabel("Somebody new").FillAsync("Grace Hopper");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Button("You are Grace Hopper")).ToBeVisibleAsync();
        await page.Button("Ask for a place").PressAsync("Enter");

        await Expect(page.Place("confirmed")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Who_skips_the_navigation_is_in_the_same_view_behind_it()
    {
        var activity = await system.OpenAsync(1);
        await using var page = await browser.OpenAsync(system, person: null, $"/activities/{activity}");
        await Expect(page.Text("1 of 1 seat free")).ToBeVisibleAsync();

        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        await Expect(page.Text("1 of 1 seat free")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/%E0")]
    [InlineData("/activities/nothing")]
    public async Task An_address_that_is_none_is_told_and_leads_on(string hash)
    {
        await using var page = await browser.OpenAsync(system, person: null, hash);

        await Expect(page.Text("There is nothing here")).ToBeVisibleAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "All activities" }).ClickAsync();
        await Expect(page.Text("What would you like to go to?")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_address_in_capitals_is_the_same_activity()
    {
        var activity = await system.OpenAsync(1);
        await using var page = await browser.OpenAsync(system, person: null, $"/activities/{activity.ToString().ToUpperInvariant()}");

        await Expect(page.Text("1 of 1 seat free")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_request_ends_with_the_person_who_made_it()
    {
        SystemFixture.NeedsOwn();
        var activity = await system.OpenAsync(1);
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var page = await browser.OpenAsync(system, system.NewPerson(), $"/activities/{activity}");
        page.Page.RequestFailed += (_, request) =>
        {
            if (request.Method == "POST" && request.Url.EndsWith($"/api/activities/{activity}/rsvp", StringComparison.Ordinal))
            {
                ended.TrySetResult(request.Url);
            }
        };

        // Nobody answers Ada.
        await page.Page.RouteAsync($"**/api/activities/{activity}/rsvp", route => route.Request.Method == "POST" ? Task.CompletedTask : route.ContinueAsync());
        await page.Button("Ask for a place").ClickAsync();
        await Expect(page.Place("asking")).ToBeVisibleAsync();

        await page.Button("You are Ada").ClickAsync();
        await page.Page.GetByLabel("Somebody new").FillAsync("Ben Okafor");
        await page.Page.Keyboard.PressAsync("Enter");

        await Eventually.EndsAsync(ended.Task, "the request of the earlier person ended");
        await Expect(page.Button("You are Ben Okafor")).ToBeVisibleAsync();
        await Expect(page.Button("Ask for a place")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Outside_development_the_visitors_own_token_is_asked_for()
    {
        var ada = system.NewPerson();
        await using var page = await browser.OpenAsync(system, person: null, "/places", prepare: context => context.RouteAsync(url => new Uri(url).AbsolutePath == "/", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = (await answer.TextAsync()).Replace("data-development=\"true\"", "data-development=\"false\"", StringComparison.Ordinal) });
        }));

        Assert.Equal(0, await page.Page.GetByRole(AriaRole.Link, new() { Name = "Rush" }).CountAsync());
        await page.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.GetByLabel("Your token").FillAsync(ada.Token);
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Expect(page.Text("Find something to go to.")).ToBeVisibleAsync();
    }
}
