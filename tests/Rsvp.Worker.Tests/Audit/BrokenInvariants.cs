using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.Worker.Tests.Audit;

internal static class BrokenInvariants
{
    /// <summary>The invariants that the auditor finds broken, by id.</summary>
    public static async Task<ISet<string>> BrokenAsync(this TestDatabase database) =>
        (await new Auditor(database.DataSource).RunAsync()).Invariants.Where(invariant => invariant.ViolationCount > 0).Select(invariant => invariant.Id).ToHashSet();
}
