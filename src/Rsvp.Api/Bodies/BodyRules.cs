using Microsoft.Extensions.Options;
using Rsvp.Hosting.Webhooks;

namespace Rsvp.Api.Bodies;

/// <summary>What some bounds depend on.</summary>
internal sealed class BodyRules(TimeProvider time, IHostEnvironment environment, IOptions<WebhookOptions> webhooks)
{
    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Whether minutes may have fractions: in development, where nobody wants to wait for a deadline.</summary>
    internal bool AllowsFractionalMinutes { get; } = environment.IsDevelopment();

    /// <summary>Whether webhooks may be plain HTTP and lead into private networks.</summary>
    internal bool AllowsPrivateWebhooks => webhooks.Value.AllowPrivateAddresses;
}
