using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Bodies;

/// <summary>What is wrong with a request, by field; all of it at once, so that a client need not find out one by one.</summary>
internal sealed class FieldErrors
{
    // Enough to explain an honest mistake; a hostile body does not get an answer larger than itself.
    private const int FieldsMax = 50;

    private Dictionary<string, List<string>>? _messages;

    internal bool IsEmpty => _messages is null;

    internal void Add(string field, string message)
    {
        _messages ??= new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (_messages.TryGetValue(field, out var messages))
        {
            if (!messages.Contains(message))
            {
                messages.Add(message);
            }
        }
        else if (_messages.Count < FieldsMax)
        {
            _messages.Add(field, [message]);
        }
    }

    internal bool Has(string field) => _messages?.ContainsKey(field) ?? false;

    /// <exception cref="ProblemException">There are errors.</exception>
    internal void ThrowIfAny()
    {
        if (_messages is not null)
        {
            throw new ProblemException(new ProblemResult(ProblemCodes.InvalidRequest) { Errors = _messages });
        }
    }
}
