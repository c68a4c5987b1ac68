using Microsoft.Playwright;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.LivePage;

/// <summary>One browser; every visitor has a window of their own in it, which knows nothing of the others'.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = await Chromium.FindAsync(),
            Args = Chromium.Arguments,
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens the page as somebody, or as nobody.</summary>
    /// <param name="system">Whose page.</param>
    /// <param name="person">Who looks; null for nobody.</param>
    /// <param name="hash">What is behind <c>#</c>.</param>
    /// <param name="name">What the person is called.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="prepare">What to do before the page is opened.</param>
    internal async Task<Visitor> OpenAsync(
        SystemFixture system, Person? person, string hash = "/", string name = "Ada", ColorScheme scheme = ColorScheme.Light, Func<IBrowserContext, Task>? prepare = null)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = system.Run.ApiUrl,
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout((float)Eventually.DefaultDeadline.TotalMilliseconds);
        if (person is not null)
        {
            await context.AddInitScriptAsync(
                $$"""sessionStorage.setItem("rsvp.person", JSON.stringify({ userId: "{{person.Id}}", name: "{{name}}", token: "{{person.Token}}" }))""");
        }

        if (prepare is not null)
        {
            await prepare(context);
        }

        var visitor = new Visitor(context, await context.NewPageAsync());
        await visitor.Page.GotoAsync("/#" + hash);
        return visitor;
    }
}
