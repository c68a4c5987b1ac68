using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Webhooks;

namespace Rsvp.Notifier.Notifications.Webhooks;

/// <summary>Tells the endpoints that users registered, after the Standard Webhooks specification.</summary>
internal sealed partial class WebhookChannel(
    WebhookClient client, WebhookHealth health, IOptions<WebhookOptions> webhooks, IOptions<NotificationsOptions> options,
    TimeProvider timeProvider, ILogger<WebhookChannel> logger) : INotificationChannel
{
    // The specification's own suggestion: ten attempts in a little more than three days.
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    public string Name => "webhook";

    public bool IsEnabled => true;

    /// <inheritdoc/>
    /// <remarks>Nearly all of the time of an attempt is waiting; so many may hang for the whole timeout without costing more than sockets.</remarks>
    public int ConcurrencyMax => 64;

    public int PerTargetMax => 4;

    /// <inheritdoc/>
    /// <remarks>Webhooks come in no promised order.</remarks>
    public TimeSpan HoldsUp => TimeSpan.Zero;

    public TimeSpan? NextDelay(Delivery delivery) => delivery.Attempts > Delays.Length ? null : Delays[Math.Max(0, delivery.Attempts - 1)];

    public async Task<SendResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Url is null || delivery.Secret is null)
        {
            return SendResult.Failed("webhook_disabled");
        }

        var result = await PostAsync(delivery, delivery.Url, delivery.Secret, cancellationToken);
        try
        {
            if (result.State == SendState.Sent)
            {
                await health.SentAsync(delivery, cancellationToken);
            }
            else if (await health.FailedAsync(delivery, isGone: result.Status == (int)HttpStatusCode.Gone, cancellationToken))
            {
                return SendResult.Failed(result.Error ?? "webhook_disabled", result.Status);
            }
        }
        catch (NpgsqlException error)
        {
            // The count of failures is short by one; what became of this delivery is recorded by itself.
            LogNotCounted(error.Message);
        }

        return result;
    }

    private async Task<SendResult> PostAsync(Delivery delivery, Uri url, string secret, CancellationToken cancellationToken)
    {
        // As at registration: what was allowed then may not be allowed now.
        if (WebhookAddresses.Refuse(url.AbsoluteUri, webhooks.Value.AllowPrivateAddresses) is not null)
        {
            return SendResult.Retry("address_refused");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.WebhookTimeout);
        using var request = Request(delivery, url, secret);
        try
        {
            using var response = await client.SendAsync(request, timeout.Token);
            return Judge(response);
        }
        catch (HttpRequestException error)
        {
            return SendResult.Retry(error.InnerException switch
            {
                AddressRefusedException => "address_refused",
                AuthenticationException => "tls_failed",
                _ when error.HttpRequestError == HttpRequestError.NameResolutionError => "name_not_found",
                _ when error.HttpRequestError == HttpRequestError.SecureConnectionError => "tls_failed",
                _ => "connection_failed",
            });
        }
        catch (IOException)
        {
            return SendResult.Retry("connection_failed");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendResult.Retry("timeout");
        }
    }

    private HttpRequestMessage Request(Delivery delivery, Uri url, string secret)
    {
        var body = WebhookPayload.Of(delivery);
        var id = delivery.NotificationId.ToString();
        var timestamp = timeProvider.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        return new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = content,
            Headers =
            {
                { "webhook-id", id },
                { "webhook-timestamp", timestamp },
                { "webhook-signature", WebhookSignature.Sign(secret, id, timestamp, body) },
            },
        };
    }

    private SendResult Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return SendResult.Sent(status);
        }

        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - timeProvider.GetUtcNow(),
            _ => TimeSpan.Zero,
        };

        // A day at most: who asks for more could as well be down.
        var retryAfter = asked > Delays[^1] ? Delays[^1] : asked;
        return SendResult.Retry(status is >= 300 and < 400 ? "redirect" : "status", status, retryAfter);
    }

    [LoggerMessage(5521, LogLevel.Warning, "A webhook's failures could not be counted: {Reason}")]
    private partial void LogNotCounted(string reason);
}
