using System.ComponentModel.DataAnnotations;

namespace Rsvp.Api.Limits;

/// <summary>How much one caller may ask; section <c>RateLimits</c>. Each caller has a bucket of requests that fills by itself.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>False: no limits, for a load test by few users; said at each start. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests that one user may make at once; default 500, far above what a person at a door or a page with many parts asks.</summary>
    [Range(1, 1_000_000)]
    public int UserBurst { get; set; } = 500;

    /// <summary>Requests a second that one user may make in the long run; default 50, less than a hundredth of what one instance takes.</summary>
    [Range(1, 100_000)]
    public int UserPerSecond { get; set; } = 50;

    /// <summary>Requests without a valid token that one address may make at once; default 5,000: a thousand people behind one address who open a page with five parts.</summary>
    [Range(1, 1_000_000)]
    public int AddressBurst { get; set; } = 5_000;

    /// <summary>Requests a second without a valid token that one address may make in the long run; default 500.</summary>
    [Range(1, 100_000)]
    public int AddressPerSecond { get; set; } = 500;
}
