using System.CommandLine;
using Npgsql;
using RabbitMQ.Client.Exceptions;
using Rsvp.Cli.Instances;
using Rsvp.Worker.DeadLetters;

namespace Rsvp.Cli.DeadLetters;

/// <summary><c>./rsvp dead</c>: what could not be applied, and what to do about it. Exit status 1 when something asked for was not done.</summary>
internal static class DeadCommand
{
    private const int ReasonMax = 500;

    internal static Command Create() => new("dead", "Look at messages that could not be applied; send them back, or drop them.")
    {
        CreateList(), CreateShow(), CreateReplay(), CreateDrop(),
    };

    private static Command CreateList()
    {
        var command = new Command("list", "One line for each dead letter: what it is, where it came from, and why it is here.");
        command.SetAction((_, cancellationToken) => WithDeskAsync(async desk =>
        {
            var letters = new List<ListedLetter>();
            await desk.LookAsync(letter => letters.Add(ListedLetter.Of(letter)), cancellationToken);
            LetterReport.Write(letters);
            return 0;
        }));
        return command;
    }

    private static Command CreateShow()
    {
        var id = new Argument<string>("id") { Description = "the id that list shows" };
        var body = new Option<bool>("--body") { Description = "the whole body and nothing else, as it is" };
        var command = new Command("show", "Everything about one dead letter.") { id, body };
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(async desk =>
        {
            string wanted = parsed.GetRequiredValue(id);
            DeadLetter? found = null;
            await desk.LookAsync(letter => found ??= letter.Id == wanted ? letter : null, cancellationToken);
            if (found is null) throw NotFound(wanted);

            if (parsed.GetValue(body))
            {
                await using Stream output = Console.OpenStandardOutput();
                await output.WriteAsync(found.Body, cancellationToken);
                return 0;
            }

            LetterReport.Write(found);
            LetterReport.Write(await desk.HistoryAsync(found, cancellationToken));
            return 0;
        }));
        return command;
    }

    private static Command CreateReplay()
    {
        var id = new Argument<string?>("id") { Description = "the id that list shows", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "every dead letter" };
        (Option<string> reason, Option<string> by) = Responsible();
        var command = new Command("replay", "Send dead letters back to where they came from; they are judged by today's state.") { id, all, reason, by };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(id) is null) != result.GetValue(all)) result.AddError("replay needs an id, or --all");
        });
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(async desk =>
        {
            var who = new Responsibility(parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason));
            return Report(await desk.ReplayAsync(parsed.GetValue(id), who, cancellationToken), parsed.GetValue(id), "sent back to");
        }));
        return command;
    }

    private static Command CreateDrop()
    {
        var id = new Argument<string>("id") { Description = "the id that list shows" };
        (Option<string> reason, Option<string> by) = Responsible();
        var command = new Command("drop", "Take a dead letter out for good; the commands in it that have no outcome get the outcome failed.") { id, reason, by };
        command.SetAction((parsed, cancellationToken) => WithDeskAsync(async desk =>
        {
            string wanted = parsed.GetRequiredValue(id);
            var who = new Responsibility(parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason));
            return Report(await desk.DropAsync(wanted, who, cancellationToken), wanted, "dropped, it came from");
        }));
        return command;
    }

    private static (Option<string> Reason, Option<string> By) Responsible()
    {
        var reason = new Option<string>("--reason") { Description = $"why, up to {ReasonMax} characters; it is kept", Required = true };
        reason.Validators.Add(result =>
        {
            string given = result.GetValueOrDefault<string>() ?? "";
            if (string.IsNullOrWhiteSpace(given) || given.Length > ReasonMax) result.AddError($"--reason needs 1 to {ReasonMax} characters");
        });
        var by = new Option<string>("--by") { Description = "who does it; it is kept", DefaultValueFactory = _ => Environment.UserName };
        return (reason, by);
    }

    private static int Report(IReadOnlyList<Handled> handled, string? wanted, string done)
    {
        if (handled.Count == 0 && wanted is not null) throw NotFound(wanted);

        foreach (Handled one in handled)
        {
            Console.WriteLine(one.Refusal is null
                ? $"{one.Letter.Id}: {done} {one.Letter.Origin ?? "an unknown place"}"
                : $"{one.Letter.Id}: left where it is, because {one.Refusal}");
        }

        if (handled.Count == 0) Console.WriteLine("there are no dead letters");
        return handled.All(one => one.Refusal is null) ? 0 : 1;
    }

    private static async Task<int> WithDeskAsync(Func<DeadLetterDesk, Task<int>> work)
    {
        RunFile run = RunFile.Load(RsvpHome.FromEnvironment());
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(run.OwnerKeywords());
        try
        {
            return await work(new DeadLetterDesk(new Uri(run.Rabbitmq), dataSource));
        }
        catch (Exception error) when (error is BrokerUnreachableException or RabbitMQClientException)
        {
            throw new ToolException("the broker cannot be asked: " + error.Message);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new ToolException("somebody else is at the dead letters; try again when they are done");
        }
    }

    private static ToolException NotFound(string id) => new($"there is no dead letter {id}: ./rsvp dead list shows them");
}
