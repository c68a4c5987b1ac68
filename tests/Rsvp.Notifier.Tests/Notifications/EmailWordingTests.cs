using Rsvp.Contracts;
using Rsvp.Notifier.Notifications;
using Rsvp.Notifier.Notifications.Email;

namespace Rsvp.Notifier.Tests.Notifications;

public sealed class EmailWordingTests
{
    [Fact]
    public void Every_kind_has_words_of_its_own()
    {
        var sentences = NotificationKinds.All.Select(kind => EmailWording.Of(Delivery(kind)).Sentence).ToList();

        Assert.Equal(sentences.Count, sentences.Distinct().Count());
        Assert.All(NotificationKinds.All, kind => Assert.NotEqual("News", EmailWording.Of(Delivery(kind)).Subject));
    }

    [Fact]
    public void A_kind_of_a_later_build_has_sensible_ones()
    {
        Assert.Equal(("News", "There is news about your RSVP. It is now waitlisted, for 3 people."), EmailWording.Of(Delivery("reshuffled")));
    }

    [Fact]
    public void An_offer_without_a_deadline_is_still_an_offer()
    {
        Assert.Equal(
            "A place became free and is held for you until you accept or decline it.", EmailWording.Of(Delivery("offered") with { OfferExpiresAt = null }).Sentence);
    }

    private static Delivery Delivery(string kind) => new()
    {
        NotificationId = Guid.NewGuid(),
        Target = Guid.NewGuid(),
        UserId = Guid.NewGuid(),
        ActivityId = Guid.NewGuid(),
        RsvpId = Guid.NewGuid(),
        Kind = kind,
        Status = "waitlisted",
        PartySize = 3,
        OfferExpiresAt = new DateTimeOffset(2040, 6, 1, 18, 0, 0, TimeSpan.Zero),
        IssuedAt = new DateTimeOffset(2040, 6, 1, 12, 0, 0, TimeSpan.Zero),
        Attempts = 1,
        Age = TimeSpan.Zero,
    };
}
