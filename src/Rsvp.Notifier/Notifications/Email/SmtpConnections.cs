using System.Collections.Concurrent;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Options;

namespace Rsvp.Notifier.Notifications.Email;

/// <summary>Connections to the mail server, kept for the next mail: to connect, encrypt and log in takes longer than a mail.</summary>
internal sealed class SmtpConnections(IOptions<SmtpOptions> options, TimeProvider timeProvider) : IDisposable
{
    // Servers drop idle clients after minutes; one that was used just now is there.
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(20);

    private readonly ConcurrentStack<(SmtpClient Client, long Since)> _idle = new();
    private volatile bool _isDisposed;

    /// <summary>A connection, ready to send; the caller gives it back or disposes of it.</summary>
    public async Task<SmtpClient> TakeAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryPop(out var idle))
        {
            if (idle.Client.IsConnected && timeProvider.GetElapsedTime(idle.Since) < IdleMax && await AnswersAsync(idle.Client, cancellationToken))
            {
                return idle.Client;
            }

            idle.Client.Dispose();
        }

        return await ConnectAsync(cancellationToken);
    }

    /// <summary>Keeps a connection that is in order.</summary>
    public void GiveBack(SmtpClient client)
    {
        if (_isDisposed || !client.IsConnected)
        {
            client.Dispose();
        }
        else
        {
            _idle.Push((client, timeProvider.GetTimestamp()));
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var idle))
        {
            idle.Client.Dispose();
        }
    }

    // The server may have closed it meanwhile; that must not count as an attempt at the next mail.
    private static async Task<bool> AnswersAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.NoOpAsync(cancellationToken);
            return true;
        }
#pragma warning disable CA1031 // Whatever is wrong with it, a new one is made.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var smtp = options.Value;
        var client = new SmtpClient { CheckCertificateRevocation = smtp.CheckCertificateRevocation };
        try
        {
            await client.ConnectAsync(smtp.Host!, smtp.Port, smtp.Security, cancellationToken);
            if (!string.IsNullOrEmpty(smtp.UserName))
            {
                await client.AuthenticateAsync(smtp.UserName, smtp.Password!, cancellationToken);
            }

            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
