// Asks for a place and follows it until there is a seat, or until Ctrl-C; what goes wrong is said, and ends it with 1:
//   dotnet run --project samples/AttendConsole -- http://127.0.0.1:8080 "$(./rsvp token --sub <uuid> --name Ada)" [activityId] [guests]
// Without an activity it lists what there is.

using System.Globalization;
using Rsvp.Client;

if (args.Length is < 2 or > 4)
{
    Console.Error.WriteLine("usage: AttendConsole <api> <token> [activityId] [guests]");
    return 64;
}

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};

await using var rsvp = new RsvpClient(new RsvpClientOptions
{
    BaseAddress = new Uri(args[0]),
    GetTokenAsync = _ => ValueTask.FromResult<string?>(args[1]),
});

try
{
    if (args.Length == 2)
    {
        await foreach (var one in rsvp.ListActivitiesAsync(end.Token))
        {
            Console.WriteLine($"{one.Id}  {one.StartsAt:yyyy-MM-dd HH:mm}  {one.Title}: {(one.Available is { } free ? $"{free} free, {one.WaitlistLength} in line" : "open to all")}");
        }

        return 0;
    }

    var activityId = Guid.Parse(args[2]);
    var guests = args.Length == 4 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 0;
    var outcome = await rsvp.SubmitAsync(activityId, new SubmitOptions { GuestCount = guests }, cancellationToken: end.Token);
    if (outcome is { Problem: { } problem } && problem.Code != "already_registered")
    {
        Console.WriteLine($"refused: {problem.Code}: {problem.Title}");
        return 1;
    }

    await foreach (var state in rsvp.WatchAsync(activityId, end.Token))
    {
        if (!state.IsConnected)
        {
            Console.WriteLine("connection lost; trying again");
            continue;
        }

        switch (state.Own)
        {
            case { Status: "waitlisted", WaitlistPosition: { } position }:
                Console.WriteLine($"number {position} of {state.WaitlistLength} in line");
                break;
            case { Status: "offered", OfferExpiresAt: { } until } offer:
                Console.WriteLine($"a seat is held until {until:HH:mm:ss} UTC; taking it");
                await rsvp.AcceptOfferAsync(offer.RsvpId, cancellationToken: end.Token);
                break;
            case { Status: "confirmed" }:
                Console.WriteLine("confirmed");
                return 0;
            case { Status: "cancelled" }:
                Console.WriteLine("cancelled");
                return 1;
        }
    }

    return 0;
}
catch (OperationCanceledException) when (end.IsCancellationRequested)
{
    // Ctrl-C; what was asked for may take effect all the same.
    return 0;
}
catch (RsvpException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
