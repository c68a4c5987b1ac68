using System.Net;

namespace Rsvp.Client;

/// <summary>The API did not do what was asked, for a reason that is no rule of the activity: the token, the request itself, or a part of the system that is away.</summary>
public sealed class RsvpException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="problem">What the API said.</param>
    /// <param name="status">The status of the answer.</param>
    public RsvpException(Problem problem, HttpStatusCode status)
        : base(Say(problem))
    {
        Problem = problem;
        Status = status;
    }

    /// <summary>Makes one.</summary>
    public RsvpException()
        : this(new Problem { Code = "unknown", Title = "Something went wrong." }, 0)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">What went wrong.</param>
    public RsvpException(string message)
        : this(new Problem { Code = "unknown", Title = message }, 0)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="innerException">Why.</param>
    public RsvpException(string message, Exception innerException)
        : base(message, innerException) => Problem = new Problem { Code = "unknown", Title = message };

    /// <summary>What the API said.</summary>
    public Problem Problem { get; }

    /// <summary>The status of the answer; 0 when there was none.</summary>
    public HttpStatusCode Status { get; }

    private static string Say(Problem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return $"{problem.Code}: {problem.Detail ?? problem.Title}";
    }
}
