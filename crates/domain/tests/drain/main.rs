//! The decision of `spot-drain`, told as sentences about a small model of the world: clusters,
//! machines, tasks, hooks and a ledger, in which a plan is applied step by step and can crash after
//! any of them.
//!
//! The forty-two cases in which the draining of Spot instances goes wrong, as far as a decision can
//! be right or wrong in them, and the tests that hold each:
//!
//! | | case | tests |
//! |---|---|---|
//! | 2 | unknown actions, missing or odd times | `an_action_that_nobody_knows_is_taken_for_the_end`, `what_is_of_the_future_is_of_now`, `what_hibernates_leaves_no_time` |
//! | 4 | a hook's test, its destination | `a_test_notification_is_answered_with_nothing` |
//! | 5 | long and short ARNs, partitions | `arn::tests::tasks_and_container_instances_have_a_long_and_a_short_form_in_every_partition` |
//! | 6 | capacity reservations | `a_capacity_reservation_is_taken_back_as_spot_is` |
//! | 7 | doubles, races, dead letters | `two_runs_that_race_over_one_warning_come_to_one_record`, `a_warning_from_the_dead_letters_drains_no_healthy_namesake` |
//! | 8 | every order, each missing | `orders` |
//! | 9 | a recommendation and a warning at once | `both_in_the_same_second_are_a_warning`, `a_recommendation_after_the_warning_changes_nothing` |
//! | 10 | late, skewed | `a_warning_that_comes_late_leaves_what_time_there_is`, `a_warning_past_its_deadline_is_only_recorded` |
//! | 11 | registered anew | `an_instance_that_registers_anew_is_drained_where_it_is_now` |
//! | 12 | ECS events out of order | `of_two_events_about_one_container_instance_the_higher_version_counts` |
//! | 13 | one task on Fargate Spot, many events | `a_task_on_fargate_spot_counts_once_whatever_follows` |
//! | 14 | in no cluster, registering, late | `one_in_no_cluster_is_nobodys_business`, `one_that_registers_after_its_warning_is_drained_then`, `one_that_is_registering_is_drained_as_soon_as_it_is_in` |
//! | 15 | in two clusters | `two_containers_instances_of_one_machine_are_both_drained`, `a_place_that_is_out_of_scope_keeps_the_other_in_scope` |
//! | 16 | an empty index, ECS Anywhere | `an_index_that_is_empty_costs_one_question`, `an_instance_has_eight_or_seventeen_digits` |
//! | 17 | drained by others | `where_managed_draining_is_on_it_only_verifies`, `an_agent_that_drains_by_itself_is_learnt_and_left_to_it_and_unlearnt`, `a_drain_of_somebody_else_is_never_undone` |
//! | 18 | zero tasks | `one_with_zero_tasks_is_set_draining_too` |
//! | 19 | a task that comes in between | `tasks_that_were_read_before_it_was_draining_prove_nothing` |
//! | 20 | one cluster denied | `a_cluster_that_answers_no_call_is_asked_again_and_keeps_no_other_back` |
//! | 21 | minimum and maximum, daemons, standalone, stuck | `warnings`, `services`, `why_a_task_stays_is_told`, `a_task_that_is_not_wanted_and_has_not_stopped_is_waited_for` |
//! | 23 | replacements on doomed instances | `all_that_are_lost_are_set_draining_before_anything_else` |
//! | 24 | a storm of failed placements | `a_placement_that_fails_counts_once_for_each_service` |
//! | 25 | recommendations for a whole fleet | `the_breaker_lets_a_fifth_of_a_fleet_through`, `a_warning_passes_where_the_breaker_holds` |
//! | 27 | several hooks | `two_hooks_of_ours_are_both_completed_by_their_own_tokens`, `hooks_of_others_are_left_alone` |
//! | 28 | caps, deleted hooks, two deadlines | `at_its_cap_the_hook_lets_go_and_what_cannot_leave_is_stopped_before`, `a_hook_that_was_deleted_is_not_waited_for`, `spots_deadline_is_shorter_and_ends_the_heartbeats` |
//! | 30 | no hook fires | `a_detached_instance_has_no_hook_and_is_found_by_its_end` |
//! | 31 | crashes on either side of the ledger | `draining_that_was_only_planned_when_the_run_died_is_done_by_the_next`, `properties` |
//! | 32 | conflicts | `a_record_that_another_run_wrote_first_keeps_what_is_voluntary_back` |
//! | 33 | recursion | `a_chain_of_looks_ends_and_the_tick_goes_on` |
//! | 35 | yesterday's word | `a_recommendation_of_yesterday_is_over`, `a_warning_from_the_dead_letters_drains_no_healthy_namesake` |
//! | 37 | how many, of how many, in which time | `surges` |
//! | 38 | one pool, exercises, an instance refresh | `one_pool_can_surge_while_the_others_are_fine`, `an_exercise_never_pages_as_a_surge`, `an_instance_refresh_is_no_surge` |
//! | 41 | clocks and months | `months_and_clocks_change_and_windows_do_not` |
//!
//! A plan cannot abandon a hook (29): there is no such step. The shapes of events (1, 3), the sizes of
//! answers (22), hooks that are gone when they are completed (26), batches and the queue (34), Regions (36) and the dry
//! run (42) belong to the function; pagers that fail (39) and texts that bite (40) to the pager.

#![cfg(test)]

mod made;
mod world;

mod edges;
mod fargate;
mod hooks;
mod orders;
mod pages;
mod properties;
mod recommendations;
mod services;
mod speed;
mod strategies;
mod surges;
mod tags;
mod warnings;
