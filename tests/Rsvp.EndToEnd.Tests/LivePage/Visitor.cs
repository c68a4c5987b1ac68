using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Rsvp.EndToEnd.Tests.LivePage;

/// <summary>Somebody who looks at the page.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = new();

    internal Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            // What the page's policy refuses is told here, too.
            if (message.Type == "error" && message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                _errors.Enqueue(message.Text);
            }
        };
    }

    internal IPage Page { get; }

    /// <summary>The words about the visitor's own place.</summary>
    internal ILocator Place(string state) => Page.Locator($"[data-state={state}]");

    internal ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    internal ILocator Text(string text) => Page.GetByText(text);

    internal Task OfflineAsync(bool offline) => _context.SetOfflineAsync(offline);

    /// <summary>Waits until changes come by themselves.</summary>
    internal Task IsLiveAsync() => Page.Locator("html[data-connection=live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    internal Task IsLostAsync() => Page.Locator("html[data-connection=lost]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>Marks the page as it is now; a page that is loaded again has no mark.</summary>
    internal Task MarkAsync() => Page.EvaluateAsync("() => { window.marked = true; }");

    internal Task<bool> IsMarkedAsync() => Page.EvaluateAsync<bool>("() => window.marked === true");

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_errors);
    }
}
