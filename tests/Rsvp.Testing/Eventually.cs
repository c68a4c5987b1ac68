using System.Diagnostics;

namespace Rsvp.Testing;

/// <summary>Waits for a condition with a deadline. The only place where tests wait.</summary>
public static class Eventually
{
    /// <summary>Long enough for a failover on a busy machine, short enough for a person; a condition that holds ends the wait at once.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">Asked again and again; what it throws ends the wait.</param>
    /// <param name="what">What is waited for, as a clause: "two RSVPs are confirmed".</param>
    /// <param name="deadline">The longest wait; null: <see cref="DefaultDeadline"/>.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task HoldsAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, deadline);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, string, TimeSpan?)"/>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? deadline = null) =>
        await ReturnsAsync(async () => await condition() ? what : null, what, deadline);

    /// <summary>Waits until there is something, and returns it.</summary>
    /// <param name="attempt">Asked again and again; null means not yet.</param>
    /// <param name="what">What is waited for, as a clause: "the request has an outcome".</param>
    /// <param name="deadline">The longest wait; null: <see cref="DefaultDeadline"/>.</param>
    /// <exception cref="TimeoutException">There was nothing in time.</exception>
    public static async Task<T> ReturnsAsync<T>(Func<Task<T?>> attempt, string what, TimeSpan? deadline = null)
        where T : class
    {
        var limit = deadline ?? DefaultDeadline;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await attempt() is { } result)
            {
                return result;
            }

            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s in vain until {what}.");
            }

            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Gives a task a deadline.</summary>
    /// <param name="task">What should end.</param>
    /// <param name="what">What is waited for, as a clause: "the worker stopped".</param>
    /// <param name="deadline">The longest wait; null: <see cref="DefaultDeadline"/>.</param>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<T> EndsAsync<T>(Task<T> task, string what, TimeSpan? deadline = null)
    {
        var limit = deadline ?? DefaultDeadline;
        try
        {
            return await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {limit.TotalSeconds:0.#} s in vain until {what}.");
        }
    }
}
