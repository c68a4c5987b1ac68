using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Rsvp.Notifier.Notifications.Email;

/// <summary>Tells people by mail to the address in their profile.</summary>
internal sealed class EmailChannel(
    SmtpConnections connections, IOptions<SmtpOptions> smtp, IOptions<NotificationsOptions> options, TimeProvider timeProvider) : INotificationChannel
{
    // A mail that is three days late is no news any more; every hour in between is often enough for a server that says "later".
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(72);

    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
    ];

    private readonly MailboxAddress? _from = MailboxAddress.TryParse(smtp.Value.From, out var from) ? from : null;

    public string Name => "email";

    public bool IsEnabled => !string.IsNullOrEmpty(smtp.Value.Host);

    /// <inheritdoc/>
    /// <remarks>As many connections; servers commonly allow a client ten.</remarks>
    public int ConcurrencyMax => 4;

    /// <inheritdoc/>
    /// <remarks>One after another, so that "confirmed" does not overtake "waitlisted" in the same mailbox.</remarks>
    public int PerTargetMax => 1;

    /// <inheritdoc/>
    /// <remarks>As long as a server may be left alone that is away. What is put off for longer is passed: to hear late of a place would be worse than to hear in the wrong order.</remarks>
    public TimeSpan HoldsUp => options.Value.PauseMax;

    public TimeSpan? NextDelay(Delivery delivery) =>
        delivery.Age >= GiveUpAfter ? null : Delays[Math.Clamp(delivery.Attempts - 1, 0, Delays.Length - 1)];

    public async Task<SendResult> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Email is null)
        {
            return SendResult.Failed("no_address");
        }

        if (!MailboxAddress.TryParse(delivery.Email, out var to) || to.Domain.Length == 0)
        {
            return SendResult.Failed("invalid_address");
        }

        using var message = EmailContent.Compose(delivery, _from!, to, timeProvider.GetUtcNow());
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Value.EmailTimeout);
        SmtpClient? client = null;
        try
        {
            client = await connections.TakeAsync(timeout.Token);
            await client.SendAsync(message, timeout.Token);
            connections.GiveBack(client);
            client = null;
            return SendResult.Sent(250);
        }
        catch (SmtpCommandException refusal)
        {
            return Judge(refusal);
        }
        catch (Exception error) when (error is AuthenticationException or ServiceNotAuthenticatedException)
        {
            return SendResult.Away("login_refused");
        }
        catch (SslHandshakeException)
        {
            return SendResult.Away("tls_failed");
        }
        catch (Exception error) when (error is SocketException or IOException or ProtocolException or ServiceNotConnectedException)
        {
            return SendResult.Away("connection_failed");
        }
        catch (NotSupportedException)
        {
            // An address or an encryption that the server does not know.
            return client is null ? SendResult.Away("tls_not_offered") : SendResult.Failed("address_not_supported");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendResult.Away("timeout");
        }
        finally
        {
            // Whatever was refused, the next mail begins on a connection of which nothing is left to doubt.
            client?.Dispose();
        }
    }

    // 5yz is permanent (RFC 5321, 4.2.1), but a refused sender or session is our settings' fault and not this mail's.
    private static SendResult Judge(SmtpCommandException refusal)
    {
        var status = (int)refusal.StatusCode;
        return refusal.ErrorCode switch
        {
            SmtpErrorCode.RecipientNotAccepted when status >= 500 => SendResult.Failed("recipient_refused", status),
            SmtpErrorCode.RecipientNotAccepted when status != 421 => SendResult.Retry("recipient_deferred", status),
            SmtpErrorCode.MessageNotAccepted when status >= 500 => SendResult.Failed("message_refused", status),
            SmtpErrorCode.MessageNotAccepted when status != 421 => SendResult.Retry("message_deferred", status),
            SmtpErrorCode.SenderNotAccepted => SendResult.Away("sender_refused", status),
            _ => SendResult.Away("session_refused", status),
        };
    }
}
