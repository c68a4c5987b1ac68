using Npgsql;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Groups;
using Rsvp.Worker.Offers;

namespace Rsvp.Worker.Partitions;

/// <summary>Writes, in one round trip and one implicit transaction, all that a batch decided.</summary>
internal static class BatchSave
{
    // Locks in id order, and raises unless every activity is as it was loaded: nothing after it runs then.
    // The log's seq is compared too: a batch of refusals leaves the version alone.
    private const string GuardSql =
        """
        WITH guarded AS (
            SELECT a.activity_id
            FROM   activities a
            JOIN   unnest($1, $2, $3) AS loaded (id, version, log_seq)
                   ON a.activity_id = loaded.id AND a.version = loaded.version AND a.log_seq = loaded.log_seq
            ORDER  BY a.activity_id
            FOR    UPDATE OF a
        )
        SELECT raise_unless((SELECT count(*) FROM guarded) = cardinality($1), 'guard_conflict')
        """;

    private const string InsertActivitiesSql =
        """
        INSERT INTO activities (
            activity_id, title, starts_at, ends_at, capacity, max_party_size, max_group_size, waitlist_enabled, waitlist_limit,
            skip_limit, promotion_mode, offer_minutes, promotion_cutoff_minutes, registration_opens_at, registration_closes_at,
            participants_visible, confirmed_participants, offered_participants, waitlisted_participants, waitlisted_places,
            checked_in_participants, overridden_participants, next_line_key, log_seq, vacant_since, version, created_at, updated_at)
        SELECT * FROM unnest(
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
        """;

    private const string InsertHostsSql =
        """
        INSERT INTO activity_hosts (activity_id, user_id, added_at)
        SELECT * FROM unnest($1, $2, $3)
        """;

    private const string UpdateCountsSql =
        """
        UPDATE activities a
        SET    confirmed_participants = new.confirmed, offered_participants = new.offered,
               waitlisted_participants = new.waitlisted, waitlisted_places = new.places,
               checked_in_participants = new.checked_in, overridden_participants = new.overridden,
               next_line_key = new.next_line_key, log_seq = new.log_seq, vacant_since = new.vacant_since, version = new.version
        FROM   unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS new (
                   id, confirmed, offered, waitlisted, places, checked_in, overridden, next_line_key, log_seq, vacant_since, version)
        WHERE  a.activity_id = new.id
        """;

    private const string UpdateSettingsSql =
        """
        UPDATE activities a
        SET    title = new.title, starts_at = new.starts_at, ends_at = new.ends_at, capacity = new.capacity,
               max_party_size = new.max_party_size, max_group_size = new.max_group_size,
               waitlist_enabled = new.waitlist_enabled, waitlist_limit = new.waitlist_limit, skip_limit = new.skip_limit,
               promotion_mode = new.promotion_mode, offer_minutes = new.offer_minutes,
               promotion_cutoff_minutes = new.promotion_cutoff_minutes, registration_opens_at = new.registration_opens_at,
               registration_closes_at = new.registration_closes_at, participants_visible = new.participants_visible,
               updated_at = new.updated_at, cancelled_at = new.cancelled_at
        FROM   unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) AS new (
                   id, title, starts_at, ends_at, capacity, max_party_size, max_group_size, waitlist_enabled, waitlist_limit,
                   skip_limit, promotion_mode, offer_minutes, promotion_cutoff_minutes, registration_opens_at,
                   registration_closes_at, participants_visible, updated_at, cancelled_at)
        WHERE  a.activity_id = new.id
        """;

    private const string InsertRsvpsSql =
        """
        INSERT INTO rsvps (
            rsvp_id, activity_id, user_id, status, guest_count, special_requirements, group_id, place_id, line_key, line_seq,
            place_spots, offer_expires_at, override_spots, checked_in_at, checked_in_by, version, created_at, updated_at,
            offer_remind_at, offer_expired, line_moved)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        """;

    private const string UpdateRsvpsSql =
        """
        UPDATE rsvps r
        SET    status = new.status, guest_count = new.guest_count, special_requirements = new.special_requirements,
               group_id = new.group_id, place_id = new.place_id, line_key = new.line_key, line_seq = new.line_seq,
               place_spots = new.place_spots, offer_expires_at = new.offer_expires_at, override_spots = new.override_spots,
               checked_in_at = new.checked_in_at, checked_in_by = new.checked_in_by, version = new.version, updated_at = new.updated_at,
               offer_remind_at = new.offer_remind_at, offer_expired = new.offer_expired, line_moved = new.line_moved
        FROM   unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) AS new (
                   rsvp_id, activity_id, user_id, status, guest_count, special_requirements, group_id, place_id, line_key, line_seq,
                   place_spots, offer_expires_at, override_spots, checked_in_at, checked_in_by, version, created_at, updated_at,
                   offer_remind_at, offer_expired, line_moved)
        WHERE  r.rsvp_id = new.rsvp_id
        """;

    private const string AddHostsSql =
        """
        INSERT INTO activity_hosts (activity_id, user_id, added_at)
        SELECT added.*, $3 FROM unnest($1, $2) AS added
        ON     CONFLICT DO NOTHING
        """;

    private const string RemoveHostsSql =
        """
        DELETE FROM activity_hosts h
        USING  unnest($1, $2) AS removed (activity_id, user_id)
        WHERE  h.activity_id = removed.activity_id AND h.user_id = removed.user_id
        """;

    private const string InsertGroupsSql =
        """
        INSERT INTO rsvp_groups (group_id, activity_id, created_by, all_or_nothing, created_at)
        SELECT made.*, $5 FROM unnest($1, $2, $3, $4) AS made
        """;

    private const string DeleteUsersSql = "UPDATE users SET deleted_at = $2 WHERE user_id = ANY($1) AND deleted_at IS NULL";

    /// <summary>Adds the statements that write activities, hosts, RSVPs and groups, and what hangs on them.</summary>
    /// <param name="batch">The batch; the guard becomes its first statement.</param>
    /// <param name="state">What was decided.</param>
    /// <param name="guards">False leaves the guard out; only the tests that prove it do.</param>
    public static void AddDomain(NpgsqlBatch batch, WorkingSet state, bool guards)
    {
        var loaded = state.LoadedActivities.Values.ToArray();
        if (guards && loaded.Length > 0)
        {
            Sql.Add(batch, GuardSql, Of(loaded, a => a.Id), Of(loaded, a => a.Version), Of(loaded, a => a.LogSeq));
        }

        AddNewActivities(batch, [.. state.NewActivities.Select(id => state.Activities[id])], state);
        AddChangedActivities(batch, state);

        var changed = state.ChangedRsvps.Values.ToList();
        AddRsvps(batch, InsertRsvpsSql, [.. changed.Where(rsvp => !state.LoadedRsvps.ContainsKey(rsvp.Id))]);
        AddRsvps(batch, UpdateRsvpsSql, [.. changed.Where(rsvp => state.LoadedRsvps.ContainsKey(rsvp.Id))]);
        AddGroups(batch, state);
        AddHosts(batch, state);
        OfferDeadlines.Reschedule(batch, state.OffersTouched);
        if (state.UsersToDelete.Count > 0)
        {
            Sql.Add(batch, DeleteUsersSql, state.UsersToDelete.ToArray(), state.Now);
        }
    }

    private static void AddNewActivities(NpgsqlBatch batch, ActivityState[] news, WorkingSet state)
    {
        if (news.Length == 0)
        {
            return;
        }

        Sql.Add(
            batch,
            InsertActivitiesSql,
            [
                Of(news, a => a.Id), .. SettingsColumns(news), Of(news, a => a.Confirmed), Of(news, a => a.Offered),
                Of(news, a => a.Waitlisted), Of(news, a => a.WaitlistedPlaces), Of(news, a => a.CheckedIn), Of(news, a => a.Overridden),
                Of(news, a => a.NextLineKey), Of(news, a => a.LogSeq), Of(news, a => a.VacantSince), Of(news, a => a.Version),
                Of(news, a => a.CreatedAt), Of(news, a => a.UpdatedAt),
            ]);
        var creators = state.Log.Where(row => row.Entry.Action == LogActions.Created).ToArray();
        Sql.Add(
            batch,
            InsertHostsSql,
            creators.Select(row => row.ActivityId).ToArray(),
            creators.Select(row => row.Entry.UserId).ToArray(),
            creators.Select(_ => state.Now).ToArray());
    }

    private static void AddChangedActivities(NpgsqlBatch batch, WorkingSet state)
    {
        var changed = state.LoadedActivities.Values
            .Select(loaded => (Loaded: loaded, Now: state.Activities[loaded.Id]))
            .Where(pair => !ReferenceEquals(pair.Loaded, pair.Now))
            .ToList();
        if (changed.Count == 0)
        {
            return;
        }

        ActivityState[] counts = [.. changed.Select(pair => pair.Now)];
        Sql.Add(
            batch,
            UpdateCountsSql,
            Of(counts, a => a.Id), Of(counts, a => a.Confirmed), Of(counts, a => a.Offered), Of(counts, a => a.Waitlisted),
            Of(counts, a => a.WaitlistedPlaces), Of(counts, a => a.CheckedIn), Of(counts, a => a.Overridden), Of(counts, a => a.NextLineKey),
            Of(counts, a => a.LogSeq), Of(counts, a => a.VacantSince), Of(counts, a => a.Version));

        ActivityState[] settings = [.. changed.Where(pair => pair.Loaded.Settings != pair.Now.Settings || pair.Loaded.CancelledAt != pair.Now.CancelledAt).Select(pair => pair.Now)];
        if (settings.Length > 0)
        {
            Sql.Add(batch, UpdateSettingsSql, [Of(settings, a => a.Id), .. SettingsColumns(settings), Of(settings, a => a.UpdatedAt), Of(settings, a => a.CancelledAt)]);
        }
    }

    private static void AddRsvps(NpgsqlBatch batch, string sql, RsvpState[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        Sql.Add(
            batch,
            sql,
            Of(rows, r => r.Id), Of(rows, r => r.ActivityId), Of(rows, r => r.UserId), Of(rows, r => OutcomeBuilder.StatusName(r.Status)),
            Of(rows, r => r.GuestCount), Of(rows, r => r.SpecialRequirements), Of(rows, r => r.GroupId), Of(rows, r => r.PlaceId),
            Of(rows, r => r.Place?.LineKey), Of(rows, r => r.Place?.LineSeq), Of(rows, r => r.Place?.Spots), Of(rows, r => r.OfferExpiresAt),
            Of(rows, r => r.OverrideSpots), Of(rows, r => r.CheckedInAt), Of(rows, r => r.CheckedInBy), Of(rows, r => r.Version),
            Of(rows, r => r.CreatedAt), Of(rows, r => r.UpdatedAt), Of(rows, r => r.OfferRemindAt), Of(rows, r => r.OfferExpired),
            Of(rows, r => r.Place?.IsMoved ?? false));
    }

    private static void AddHosts(NpgsqlBatch batch, WorkingSet state)
    {
        if (state.HostChanges.Count == 0)
        {
            return;
        }

        var added = state.HostChanges.Where(change => change.Value).Select(change => change.Key).ToArray();
        var removed = state.HostChanges.Where(change => !change.Value).Select(change => change.Key).ToArray();
        Sql.Add(batch, AddHostsSql, Of(added, h => h.ActivityId), Of(added, h => h.UserId), state.Now);
        Sql.Add(batch, RemoveHostsSql, Of(removed, h => h.ActivityId), Of(removed, h => h.UserId));
    }

    private static void AddGroups(NpgsqlBatch batch, WorkingSet state)
    {
        GroupState[] made = [.. state.NewGroups];
        if (made.Length > 0)
        {
            Sql.Add(batch, InsertGroupsSql, Of(made, g => g.Id), Of(made, g => g.ActivityId), Of(made, g => g.CreatedBy), Of(made, g => g.AllOrNothing), state.Now);
        }
    }

    private static object[] SettingsColumns(ActivityState[] activities) =>
    [
        Of(activities, a => a.Settings.Title), Of(activities, a => a.Settings.StartsAt), Of(activities, a => a.Settings.EndsAt),
        Of(activities, a => a.Settings.Capacity), Of(activities, a => a.Settings.MaxPartySize), Of(activities, a => a.Settings.MaxGroupSize),
        Of(activities, a => a.Settings.WaitlistEnabled), Of(activities, a => a.Settings.WaitlistLimit), Of(activities, a => a.Settings.SkipLimit),
        Of(activities, a => a.Settings.PromotionMode), Of(activities, a => a.Settings.OfferMinutes),
        Of(activities, a => a.Settings.PromotionCutoffMinutes), Of(activities, a => a.Settings.RegistrationOpensAt),
        Of(activities, a => a.Settings.RegistrationClosesAt), Of(activities, a => a.Settings.ParticipantsVisible),
    ];

    private static T[] Of<TRow, T>(TRow[] rows, Func<TRow, T> column) => Array.ConvertAll(rows, row => column(row));
}
