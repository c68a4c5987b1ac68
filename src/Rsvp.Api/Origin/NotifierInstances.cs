using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Rsvp.Api.Origin;

/// <summary>Chooses a notifier. The same user gets the same one from every API instance, so that a negotiated connection finds who negotiated it.</summary>
internal sealed class NotifierInstances(IOptions<OriginOptions> options, TimeProvider timeProvider)
{
    // Users of a notifier that does not answer go to another one for so long; then theirs is asked again.
    private static readonly TimeSpan AvoidFor = TimeSpan.FromSeconds(5);

    private readonly string[] _urls = options.Value.Urls;
    private readonly ConcurrentDictionary<string, long> _failedAt = new();

    /// <param name="key">Stable for a user.</param>
    /// <returns>A base URL; null when there is no notifier at all.</returns>
    internal string? Choose(string key) => _urls.Length switch
    {
        0 => null,
        1 => _urls[0],
        _ => _urls.OrderBy(IsAvoided).ThenByDescending(url => Weight(key, url)).First(),
    };

    internal void Failed(string url) => _failedAt[url] = timeProvider.GetTimestamp();

    private static ulong Weight(string key, string url) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{key} {url}")));

    private bool IsAvoided(string url) =>
        _failedAt.TryGetValue(url, out var failedAt) && timeProvider.GetElapsedTime(failedAt) < AvoidFor;
}
