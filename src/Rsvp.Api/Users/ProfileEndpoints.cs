using Rsvp.Api.Bodies;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Users;

/// <summary>A person's own profile, and the end of it.</summary>
internal static class ProfileEndpoints
{
    internal static void MapProfiles(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/users").WithTags("Users");
        group.MapGet("/me", GetAsync).WithName("getProfile").WithSummary("My profile")
            .WithDescription("What the token says, until something was written.")
            .Answers<Profile>();
        group.MapPut("/me", SaveAsync).WithName("updateProfile").WithSummary("Change my profile")
            .WithDescription("What is absent stays, null clears. Not a command: it is done when it is answered.")
            .WithBodyExample("""{ "name": "Ada", "city": null }""")
            .Answers<Profile>(
            ProblemCodes.InvalidRequest, ProblemCodes.BodyTooLarge, ProblemCodes.UnsupportedMediaType);
        group.MapDelete("/me", DeleteOwnAsync).WithName("deleteMe").WithSummary("Delete me: my RSVPs end, my personal data is erased")
            .WithDescription("The seats go to whoever is next; the bare id is kept for statistics.")
            .AnswersCommand();
        group.MapDelete("/{userId:guid}", DeleteAsync).WithName("deleteUser").WithSummary("Delete a user, by an admin")
            .WithDescription("As the user would.")
            .AnswersCommand(
            ProblemCodes.Forbidden, ProblemCodes.UserNotFound);
    }

    private static async Task<IResult> GetAsync(HttpContext http, Profiles profiles, CancellationToken cancellationToken) =>
        Answer(await profiles.FindAsync(http.User.ToCaller(), cancellationToken));

    private static async Task<IResult> SaveAsync(BodyRequest<ProfileBody> request, HttpContext http, Profiles profiles, CancellationToken cancellationToken) =>
        Answer(await profiles.SaveAsync(http.User.ToCaller(), request.Body, cancellationToken));

    private static Task<IResult> DeleteOwnAsync(CommandRequest<NoBody> request, CommandIntake intake, CancellationToken cancellationToken) =>
        DeleteAsync(request.Caller.UserId, request, intake, cancellationToken);

    private static Task<IResult> DeleteAsync(Guid userId, CommandRequest<NoBody> request, CommandIntake intake, CancellationToken cancellationToken) =>
        userId == request.Caller.UserId || request.Caller.IsAdmin
            ? intake.TakeAsync(
                request, request.ToCommand(CommandNames.DeleteUser, userId) with { DeleteUser = new DeleteUser { UserId = userId } }, cancellationToken)
            : Task.FromResult<IResult>(new ProblemResult(ProblemCodes.Forbidden));

    private static IResult Answer(Profile? profile) => profile is null
        ? new ProblemResult(ProblemCodes.UserDeleted)
        : new DocumentResult<Profile>(profile, ApiJson.Default.Profile);
}
