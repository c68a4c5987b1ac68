namespace Rsvp.Bench.Rivals;

/// <summary>Decides nothing and stores nothing: what is left is HTTP, the check of the token, and reading and writing JSON, which no design does without.</summary>
internal sealed class NothingDesign(TimeProvider time) : ISubmitDesign
{
    public Task<Decided?> SubmitAsync(Asking asking, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return Task.FromResult<Decided?>(new Decided(Guid.CreateVersion7(now), Position: null, now.UtcDateTime));
    }
}
