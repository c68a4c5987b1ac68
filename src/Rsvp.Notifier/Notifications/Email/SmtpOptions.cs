using System.ComponentModel.DataAnnotations;
using MailKit.Security;
using MimeKit;

namespace Rsvp.Notifier.Notifications.Email;

/// <summary>The mail server; section <c>Smtp</c>. Without a host no mail is sent.</summary>
internal sealed class SmtpOptions : IValidatableObject
{
    /// <summary>The server's name; default none.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; default 587, submission.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is encrypted: <c>StartTls</c> (default), <c>SslOnConnect</c>, <c>StartTlsWhenAvailable</c>, <c>None</c>.</summary>
    public SecureSocketOptions Security { get; set; } = SecureSocketOptions.StartTls;

    /// <summary>Whether the server's certificate is looked up in its issuer's list of revoked ones, which needs a way to the internet; default true.</summary>
    public bool CheckCertificateRevocation { get; set; } = true;

    /// <summary>Who logs in; default nobody.</summary>
    public string? UserName { get; set; }

    /// <summary>With what password.</summary>
    public string? Password { get; set; }

    /// <summary>The sender, such as <c>Rsvp &lt;rsvp@example.org&gt;</c>; required with a host.</summary>
    public string? From { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Host) && !MailboxAddress.TryParse(From, out _))
        {
            yield return new ValidationResult("Smtp:From must be an address when Smtp:Host is set.", [nameof(From)]);
        }

        if (!string.IsNullOrEmpty(UserName) && Password is null)
        {
            yield return new ValidationResult("Smtp:Password is missing.", [nameof(Password)]);
        }
    }
}
