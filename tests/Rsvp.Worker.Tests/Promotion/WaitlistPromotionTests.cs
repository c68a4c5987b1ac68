using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Promotion;

namespace Rsvp.Worker.Tests.Promotion;

/// <summary>The saga's table, one transition after the other; order, delivery and locking are tested on the real broker.</summary>
public sealed class WaitlistPromotionTests : IAsyncLifetime
{
    private readonly Guid _activity = Guid.NewGuid();
    private ServiceProvider _services = null!;
    private ITestHarness _harness = null!;
    private ISagaStateMachineTestHarness<WaitlistPromotion, PromotionState> _saga = null!;

    public async ValueTask InitializeAsync()
    {
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Options.Create(new PartitionTopologyOptions()))
            .AddSingleton<SystemCommands>()
            .AddScoped<PassRequests>()
            .AddScoped<AskForNextPass>()
            .AddScoped<AskForPassAgain>()
            .AddScoped<ForgetPass>()
            .AddMassTransitTestHarness(bus =>
            {
                // On a busy machine a second without a message means nothing.
                bus.SetTestTimeouts(testTimeout: TimeSpan.FromMinutes(2), testInactivityTimeout: TimeSpan.FromSeconds(30));
                bus.AddSagaStateMachine<WaitlistPromotion, PromotionState>();
            })
            .BuildServiceProvider(validateScopes: true);
        _harness = _services.GetRequiredService<ITestHarness>();
        await _harness.Start();
        _saga = _harness.GetSagaStateMachineHarness<WaitlistPromotion, PromotionState>();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_vacancy_asks_for_a_pass_and_the_answer_brings_rest()
    {
        await OpenAsync(version: 4);
        await IsAsync("Passing", pass: 1);

        await CompleteAsync(pass: 1, version: 5);

        await IsAsync("Idle", pass: 1);
    }

    [Fact]
    public async Task A_vacancy_that_opens_during_a_pass_is_served_by_another_one()
    {
        await OpenAsync(version: 4);
        await OpenAsync(version: 9);

        await CompleteAsync(pass: 1, version: 5);
        await IsAsync("Passing", pass: 2);
        await CompleteAsync(pass: 2, version: 10);

        await IsAsync("Idle", pass: 2);
    }

    [Fact]
    public async Task A_vacancy_that_the_pass_has_seen_already_needs_no_other_one()
    {
        await OpenAsync(version: 4);
        await OpenAsync(version: 5);

        await CompleteAsync(pass: 1, version: 5);

        await IsAsync("Idle", pass: 1);
    }

    [Fact]
    public async Task A_pass_that_stopped_at_its_bound_is_followed_by_another_one()
    {
        await OpenAsync(version: 4);

        await CompleteAsync(pass: 1, version: 5, moreLeft: true);

        await IsAsync("Passing", pass: 2);
    }

    [Fact]
    public async Task A_late_answer_to_an_earlier_pass_is_ignored()
    {
        await OpenAsync(version: 4);
        await CompleteAsync(pass: 1, version: 5, moreLeft: true);

        await CompleteAsync(pass: 1, version: 5);

        await IsAsync("Passing", pass: 2);
    }

    [Fact]
    public async Task A_pass_without_an_answer_is_asked_for_again_under_its_number()
    {
        await OpenAsync(version: 4);

        await SendAsync(new PassOverdue { ActivityId = _activity });
        await IsAsync("Passing", pass: 1);
        await CompleteAsync(pass: 1, version: 5);

        await IsAsync("Idle", pass: 1);
    }

    [Fact]
    public async Task What_comes_late_finds_it_at_rest_and_changes_nothing()
    {
        await OpenAsync(version: 4);
        await CompleteAsync(pass: 1, version: 5);

        await CompleteAsync(pass: 1, version: 5, moreLeft: true);
        await SendAsync(new PassOverdue { ActivityId = _activity });

        await IsAsync("Idle", pass: 1);
    }

    [Fact]
    public async Task Rest_ends_with_the_next_vacancy()
    {
        await OpenAsync(version: 4);
        await CompleteAsync(pass: 1, version: 5);

        await OpenAsync(version: 7);

        await IsAsync("Passing", pass: 2);
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_for_makes_no_saga()
    {
        await CompleteAsync(pass: 1, version: 5);

        // Asked for what is absent, the list of sagas would wait as long as it may for it to come.
        Assert.Null(await _saga.NotExists(_activity));
    }

    private Task OpenAsync(long version) => SendAsync(new VacancyOpened { ActivityId = _activity, Version = version });

    private Task CompleteAsync(long pass, long version, bool moreLeft = false) => SendAsync(new PassCompleted
    {
        ActivityId = _activity,
        Version = version,
        PassNumber = pass,
        PlacesPromoted = 1,
        MoreLeft = moreLeft,
    });

    /// <summary>Publishes and waits until the saga's endpoint has consumed this very message.</summary>
    private async Task SendAsync<T>(T message)
        where T : class
    {
        var id = NewId.NextGuid();
        await _harness.Bus.Publish(message, context => context.MessageId = id);
        Assert.True(await _harness.Consumed.Any<T>(consumed => consumed.Context.MessageId == id), $"{typeof(T).Name} was not consumed.");
    }

    private async Task IsAsync(string state, long pass)
    {
        await Rsvp.Testing.Eventually.HoldsAsync(
            () => _saga.Sagas.Contains(_activity) is { } saga && saga.CurrentState == state && saga.PassNumber == pass,
            $"the saga is {state} with pass {pass}");
    }
}
