using System.ComponentModel.DataAnnotations;

namespace Rsvp.Api.Requests;

/// <summary>How request ids are made; section <c>RequestIds</c>, the same for every API instance.</summary>
internal sealed class RequestIdOptions
{
    /// <summary>Secret behind the ids, as UTF-8 text; at least 32 characters. Changing it makes every id issued before a made-up one, and every key a new one.</summary>
    [Required]
    [MinLength(32)]
    public string Key { get; set; } = "";
}
